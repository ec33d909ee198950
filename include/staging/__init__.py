"""Staged files: immutable, one per mapped task."""
