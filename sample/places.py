"""Where jobs are, and how people write it: a long tail of places, made by rules.

``cities.csv`` lists real cities by how often the history's headers name them (the names of
include/postings/places/names.csv, with the states that people add). Beyond them there are small
towns that no gazetteer knows, made of two words and a state. Each is written in one of several
ways, and a posting names up to nine of them, so that distinct texts are as many as in reality.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from sample.laws import Weights

__all__ = [
    "COUNTRIES", "STATES", "Place", "Random", "cities", "count_places", "country_name",
    "draw_place", "draw_places", "draw_read", "draw_region",
]  # fmt: skip

_CITIES = Path(__file__).with_name("cities.csv")
Place = tuple[str, str, str]
"""As written, short form (a part of what is written), country (ISO 3166-1 alpha-2)."""

# country: name, currency, how a header writes it as the region of a remote job
_COUNTRIES = """
US|United States|USD|US
CA|Canada|CAD|Canada
GB|United Kingdom|GBP|UK
DE|Germany|EUR|EU
NL|Netherlands|EUR|EU
FR|France|EUR|Europe
CH|Switzerland|CHF|Switzerland
SE|Sweden|SEK|EMEA
PL|Poland|PLN|EU
IE|Ireland|EUR|EMEA
IN|India|INR|India
SG|Singapore|SGD|APAC
AU|Australia|AUD|Australia
JP|Japan|JPY|Japan
BR|Brazil|BRL|LATAM
AE|United Arab Emirates|USD|Middle East
AM|Armenia|USD|EMEA
AR|Argentina|USD|LATAM
AT|Austria|EUR|EU
BE|Belgium|EUR|EU
BG|Bulgaria|EUR|EU
CL|Chile|USD|LATAM
CN|China|USD|APAC
CO|Colombia|USD|LATAM
CZ|Czech Republic|EUR|EU
DK|Denmark|EUR|EU
EE|Estonia|EUR|EU
EG|Egypt|USD|EMEA
ES|Spain|EUR|Europe
FI|Finland|EUR|EU
GR|Greece|EUR|EU
HK|Hong Kong|USD|APAC
HR|Croatia|EUR|EU
HU|Hungary|EUR|EU
ID|Indonesia|USD|APAC
IL|Israel|USD|EMEA
IS|Iceland|EUR|Europe
IT|Italy|EUR|Europe
KE|Kenya|USD|Africa
KR|South Korea|USD|APAC
LT|Lithuania|EUR|EU
LU|Luxembourg|EUR|EU
LV|Latvia|EUR|EU
MX|Mexico|USD|LATAM
MY|Malaysia|USD|APAC
NG|Nigeria|USD|Africa
NO|Norway|EUR|Europe
NZ|New Zealand|AUD|Oceania
PE|Peru|USD|LATAM
PH|Philippines|USD|APAC
PT|Portugal|EUR|EU
RO|Romania|EUR|EU
RS|Serbia|EUR|Europe
RU|Russia|USD|EMEA
SI|Slovenia|EUR|EU
SK|Slovakia|EUR|EU
TH|Thailand|USD|APAC
TR|Turkey|EUR|EMEA
TW|Taiwan|USD|APAC
UA|Ukraine|USD|Europe
UY|Uruguay|USD|LATAM
VN|Vietnam|USD|APAC
ZA|South Africa|USD|Africa
"""
COUNTRIES: dict[str, tuple[str, str, str]] = {
    code: (name, currency, region)
    for code, name, currency, region in (row.split("|") for row in _COUNTRIES.strip().splitlines())
}
STATES = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California",
    "CO": "Colorado", "CT": "Connecticut", "DE": "Delaware", "FL": "Florida", "GA": "Georgia",
    "IA": "Iowa", "ID": "Idaho", "IL": "Illinois", "KS": "Kansas", "KY": "Kentucky",
    "LA": "Louisiana", "MA": "Massachusetts", "MD": "Maryland", "ME": "Maine", "MI": "Michigan",
    "MN": "Minnesota", "MO": "Missouri", "MS": "Mississippi", "MT": "Montana",
    "NC": "North Carolina", "ND": "North Dakota", "NE": "Nebraska", "NH": "New Hampshire",
    "NJ": "New Jersey", "NM": "New Mexico", "NV": "Nevada", "OH": "Ohio", "OK": "Oklahoma",
    "OR": "Oregon", "PA": "Pennsylvania", "RI": "Rhode Island", "SC": "South Carolina",
    "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VA": "Virginia",
    "VT": "Vermont", "WI": "Wisconsin", "WV": "West Virginia", "WY": "Wyoming",
}  # fmt: skip
_STATE_CODES = tuple(STATES)
_TOWN_WORDS = """
Ash Birch Briar Cedar Clear Cold Crystal Deer Eagle Elk Fair Fox Glen Golden Green Hazel Hickory
High Maple Mill North Oak Otter Pine Poplar River Rock Salmon Sugar Sunny Swan Walnut White Willow
"""
_TOWN_STARTS = _TOWN_WORDS.split()
_TOWN_ENDS = ("Bluff", "Creek", "Crossing", "Falls", "Grove", "Harbor", "Hills", "Hollow",
              "Junction", "Landing", "Ridge", "Springs")  # fmt: skip
_TOWN_SHARE = 0.035
"""Of all places named; of the history's it is 3.7 %."""
_COUNTS = ((0.775, 1), (0.94, 2), (0.974, 3), (0.987, 4), (0.993, 5), (0.997, 6), (1.0, 9))
"""Share of the postings with a place that name so many or fewer."""
_LOOSELY = ("Downtown {}", "{} area", "Greater {}", "near {}", "{} metro area")
_REGIONS = ("Europe", "EMEA", "North America", "Americas", "Worldwide", "US/Canada", "US or Canada",
            "EU or UK", "US only", "APAC", "LATAM", "Canada")  # fmt: skip


class Random(Protocol):
    """What gives numbers in [0, 1): sample.rng.Rng, random.Random."""

    def random(self) -> float:
        """Return the next one."""
        ...


@dataclass(frozen=True, slots=True)
class City:
    """One row of cities.csv."""

    name: str
    state: str
    country: str
    also: tuple[str, ...]


@cache
def cities() -> tuple[City, ...]:
    """Return the cities, the most frequent first."""
    with _CITIES.open(encoding="utf-8", newline="") as file:
        return tuple(
            City(
                row["name"],
                row["state"],
                row["country"],
                tuple(filter(None, row["also"].split("|"))),
            )
            for row in csv.DictReader(file)
        )


@cache
def _weights() -> Weights:
    """Return a broken power law: rank^-1.15 to about rank 120, steeper beyond."""
    ranks = range(len(cities()))
    return Weights(1 / ((rank + 2) ** 1.15 * (1 + (rank / 120) ** 0.8)) for rank in ranks)


def country_name(code: str) -> str:
    """Return a country's English name."""
    return COUNTRIES[code][0]


def draw_place(rng: Random) -> Place:
    """Return one place as somebody writes it."""
    return _draw(rng)[0]


def draw_read(rng: Random) -> tuple[str, str]:
    """Return one place as a reader with a gazetteer names it, and its country."""
    (_, _, country), name = _draw(rng)
    return name, country


def _draw(rng: Random) -> tuple[Place, str]:
    if rng.random() < _TOWN_SHARE:
        town = _town(rng)
        return town, town[1]
    city = cities()[_weights().pick(rng.random())]
    name = city.name
    if city.also and rng.random() < 0.2:
        name = _choice(city.also, rng)
    if len(name) > 6 and rng.random() < 0.015:
        name = _misspelled(name, rng)
    if rng.random() < 0.03:
        name = name.upper()
    return (_written(name, city, rng), name, city.country), city.name


def _written(name: str, city: City, rng: Random) -> str:
    share = rng.random()
    if share < 0.3:
        return name
    if share > 0.97:
        return _choice(_LOOSELY, rng).format(name)
    country = "USA" if city.country == "US" else country_name(city.country)
    if city.state and share < 0.84:
        return f"{name}, {city.state}"
    if city.state:
        whole = STATES.get(city.state, city.state)
        return _choice((f"{name} {city.state}", f"{name}, {whole}",
                        f"{name}, {city.state}, {country}"), rng)  # fmt: skip
    if city.country == "GB" and share < 0.8:
        return f"{name}, UK"
    return f"{name}, {country}" if country != name else name


def _town(rng: Random) -> Place:
    name = f"{_choice(_TOWN_STARTS, rng)} {_choice(_TOWN_ENDS, rng)}"
    return f"{name}, {_choice(_STATE_CODES, rng)}", name, "US"


def _misspelled(name: str, rng: Random) -> str:
    """Swap two letters inside the name."""
    at = 2 + int(rng.random() * (len(name) - 4))
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def count_places(rng: Random) -> int:
    """Return how many places a posting that has one names: one to nine."""
    share = rng.random()
    return next(count for most, count in _COUNTS if share <= most)


def draw_places(rng: Random) -> tuple[Place, ...]:
    """Return the places of one posting, each once."""
    found = [draw_place(rng) for _ in range(count_places(rng))]
    return tuple({place[1].lower(): place for place in found}.values())


def draw_region(rng: Random, country: str) -> str:
    """Return where a remote job may be done from, as a header says it."""
    share = rng.random()
    if share < 0.6:
        return COUNTRIES[country][2]
    return country_name(country) if share < 0.75 else _choice(_REGIONS, rng)


def _choice(options: tuple[str, ...] | list[str], rng: Random) -> str:
    return options[int(rng.random() * len(options))]
