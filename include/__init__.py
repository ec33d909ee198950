"""TechPulse: public job postings in, answers about skills, roles and levels out."""

__version__ = "1.0.0"
"""The release, as CHANGELOG.md names it; nowhere else in the code."""
