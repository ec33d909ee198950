"""Company names by rank: made of words, as many and as unevenly used as real ones."""

from __future__ import annotations

from sample.laws import company_rank
from sample.places import Random

__all__ = ["COMPANIES", "company", "draw_company"]

COMPANIES = 40_000
"""How many there are: 93,453 draws then meet some 26,000 of them, as many as the history has."""

_START_WORDS = """
Acorn Alder Amber Anchor Apple Arbor Arrow Aspen Aurora Autumn Badger Barley Basalt Bay Beacon
Birch Bison Blue Bramble Bright Briar Brook Canyon Cedar Cherry Clear Cliff Clover Cobble Copper
Coral Cotton Crane Crimson Cypress Dawn Deer Delta Drift Dune Eagle Elm Falcon Fern Finch Fjord
Flint Forest Fox Garnet Gentle Glade Gold Granite Grove Gull Harbor Harvest Hazel Heron Hickory
Holly Hollow Honey Indigo Iron Ivory Juniper Kestrel Lantern Larch Laurel Lilac Linden Lumen Magpie
Maple Marble Marsh Meadow Mint Mirth Moon Moss North Oak Olive Opal Orchard Otter Owl Pearl Pebble
Pine Plum Poppy Prairie Quail Quartz Quill Raven Reed River Robin Rowan Saffron Sage Salt Sparrow
Spruce Stone Summit Swan Thistle Thorn Tide Timber Topaz Umber Vale Velvet Violet Walnut Willow
Winter Wren Yarrow Zephyr
"""
_END_WORDS = """
bank bay bell bridge brook crest dale desk dock field fold ford gate glen grove harbor haven
hill house lake lane leaf light line loom mark mill mont nest path peak pier point port reach
ridge root sail shore side spring step thread trail vale view ward water way well wick wood
works yard
"""
_STARTS, _ENDS = _START_WORDS.split(), _END_WORDS.split()
_TAILS = (
    "", " Labs", " Health", " Energy", ", Inc.", " Finance", " GmbH", " & Sons", " Studio",
    " Systems", " Group", " Technologies", " Partners", " Travel", " Foods", " Motors",
    " Insurance", " Media", " Ltd", "\u00f8",
)  # fmt: skip
_SHAPES = len(_STARTS) * len(_ENDS) * 2  # one word, or two


def company(rank: int) -> str:
    """Return the name of the company of this rank; no two ranks below 250,000 share one."""
    shape = rank * 7_919 % _SHAPES  # a prime: the most frequent names have all letters
    words, two = divmod(shape, 2)
    start, end = _STARTS[words // len(_ENDS)], _ENDS[words % len(_ENDS)]
    name = f"{start} {end.title()}" if two else start + end
    turn = rank // _SHAPES
    kind = shape * 31 % 97
    # Two thirds carry no tail at first; names that come again get another tail each time.
    tail = turn if kind < 65 else 1 + (kind + turn) % (len(_TAILS) - 1)
    return name + _TAILS[tail % len(_TAILS)]


def draw_company(rng: Random, companies: int = COMPANIES) -> str:
    """Return a name as often as a company of its rank posts."""
    return company(company_rank(rng.random(), companies))
