"""Hacker News: API client, a month's thread, and the cached list of threads."""
