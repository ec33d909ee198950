"""Postings resolved to the companies that hire."""
