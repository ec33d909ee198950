"""Statistics of shares and counts: pure functions, `math` only.

Shares are fractions of 1; intervals are of 95 %. Methods, sources and simulated error rates:
docs/statistics.md.
"""
