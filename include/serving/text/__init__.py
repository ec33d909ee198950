"""The text index of the serving store: one rule of words, two databases that look them up."""
