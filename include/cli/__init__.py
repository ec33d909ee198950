"""The command line: ``python -m include.cli``."""
