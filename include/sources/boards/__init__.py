"""One file a job board. A module here with a ``BOARD`` is a source; nothing else lists it."""
