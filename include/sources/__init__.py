"""One file a source: how to ask it, and how its records are read."""
