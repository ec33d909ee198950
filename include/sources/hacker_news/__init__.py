"""Hacker News: the API's items, the month's thread, the list of threads."""
