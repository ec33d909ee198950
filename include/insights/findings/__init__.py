"""Ten answers about the whole history, each with its interval and the command that gives it."""

from include.insights.findings.finding import Finding
from include.insights.findings.page import page, section
from include.insights.findings.questions import QUESTIONS, findings

__all__ = ["QUESTIONS", "Finding", "findings", "page", "section"]
