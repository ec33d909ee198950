"""One posting in full: its text with marks, its jobs, its repetitions, its history."""

from include.insights.posting.answer import Heading, heading, posting_page

__all__ = ["Heading", "heading", "posting_page"]
