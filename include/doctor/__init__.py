"""Checks of an installation; each finding says what is wrong and how to fix it."""
