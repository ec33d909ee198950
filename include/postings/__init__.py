"""Reading a posting: company, places, roles, levels, salary and skills, by rules over text.

Pure functions: no Airflow, no network, no model to download.
"""

from include.postings.extract import read_posting
from include.postings.result import Reading, Salary

__all__ = ["Reading", "Salary", "read_posting"]
