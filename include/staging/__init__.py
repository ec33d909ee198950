"""Staged files: immutable, one a mapped task."""
