"""Which words of a posting gave each answer: ``classify --explain`` and the API.

Nothing is recorded while a posting is read. Afterwards the words that may have given an answer are
read alone, the fewest first, until some give the same answer: what is shown is what was read.
"""

from include.postings.explained.posting import Evidence, Explained, explain_posting
from include.postings.explained.spans import Part

__all__ = ["Evidence", "Explained", "Part", "explain_posting"]
