"""The embedded upstream: generated Hacker News months and job boards with known truth.

Pure and seeded: the same seed gives the same bytes on every platform and Python version.
No text here was taken from a real posting.
"""
