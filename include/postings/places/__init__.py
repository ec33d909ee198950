"""Where a job is: the places that a posting names, as places of a tree, and what it says of them.

``find_places`` reads a short text, ``read_places`` a posting. docs/classification.md has the rules.
"""

from include.postings.places.place import (
    Place,
    countries_of,
    country_of,
    find_places,
    in_city,
    in_country,
    is_only_places,
    meanings,
    names_place,
    place_called,
    without_places,
    written,
)
from include.postings.places.posting import read_places

__all__ = [
    "Place",
    "countries_of",
    "country_of",
    "find_places",
    "in_city",
    "in_country",
    "is_only_places",
    "meanings",
    "names_place",
    "place_called",
    "read_places",
    "without_places",
    "written",
]
