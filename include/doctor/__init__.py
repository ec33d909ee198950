"""Checks of an installation; each finding states the problem and its fix."""
