"""Generated gold tables, for tests and measurements."""
