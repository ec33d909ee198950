"""Extract company, places, roles, levels, salary and skills from a posting by text rules.

Pure functions: no Airflow, no network, no model to download.
"""

from include.postings.extract import extract_posting
from include.postings.result import PostingFields, Salary

__all__ = ["PostingFields", "Salary", "extract_posting"]
