"""The bitmaps of ``posting_facets`` in memory."""

from include.insights.index.bitmaps import FacetRow
from include.insights.index.companies import Company
from include.insights.index.facets import REMOTE, FacetIndex, SkillBits
from include.insights.index.places import ANYWHERE

__all__ = ["ANYWHERE", "REMOTE", "Company", "FacetIndex", "FacetRow", "SkillBits"]
