"""Reading a posting: company, places, roles, levels, salary and skills, by rules over text.

Pure functions: no Airflow, no network, no model to download.
"""

from include.postings.reader import read_posting
from include.postings.reading import Reading, Salary

__all__ = ["Reading", "Salary", "read_posting"]
