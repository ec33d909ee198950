"""What postings say besides their facts: sentences by rules, as long as real postings are.

No sentence names a technology, a place, a role, a level, a salary or a way of working, so that a
posting's truth is what its other lines say.
"""

from __future__ import annotations

from collections.abc import Iterator

from sample.laws import at_quantile
from sample.places import Random
from sample.rng import Rng

__all__ = ["draw_length", "paragraphs", "sentence"]

# share of real postings, their length in characters of HTML: mean 1,308
_LENGTHS = ((0.0, 180), (0.05, 456), (0.1, 592), (0.25, 847), (0.5, 1_185), (0.75, 1_631),
            (0.9, 2_149), (0.95, 2_556), (0.99, 3_541), (1.0, 5_489))  # fmt: skip
_HALF_A_PARAGRAPH = 100
"""Characters that the last paragraph is too long, on average."""
_WORDS = {
    "thing": """
        scheduling tools; booking pages; a tax calculator; sensors for old buildings;
        delivery plans;
        a library of forms; maps for hikers; a marketplace for used bikes; ticket machines;
        a better waiting list; invoices that explain themselves; meal plans; repair manuals;
        a register of trees; timetables; price comparisons; a calendar for choirs; shift plans;
        warranty papers; a catalogue of spare parts; noise measurements; grant applications;
        a notebook for beekeepers; room plans; water meters; a lending service for tools;
        flood warnings; packing lists; a directory of craftspeople; reminders; reading lists""",
    "whom": """
        hospitals and clinics; small farms; independent hotels; museums; city councils; schools;
        volunteers; dentists; bakeries; ferry companies; housing cooperatives; accountants;
        fire brigades; bookshops; orchestras; breweries; translators; sports clubs; landlords;
        veterinarians; harbour masters; gardeners; food banks; charities; tailors; funeral homes;
        kindergartens; wineries; film crews; opticians; plumbers; climbing gyms""",
    "quality": """
        simple; fair; quick; easy to read; boring in the best sense; honest; sturdy; quiet;
        friendly;
        accurate; cheap to run; pleasant; predictable; gentle; thorough; tidy""",
    "habit": """
        write things down; talk to the people who use what we build; ship every week;
        keep meetings short; fix the cause and not the symptom; review what others wrote;
        take turns on call; start small; measure before we argue; say so when we do not know;
        eat lunch together; read every letter that customers send; delete more than we add;
        celebrate what was removed; leave at five; answer applicants within a week""",
    "result": """
        a thousand orders a day; fewer mistakes; half the paperwork; shorter queues; happier guests;
        a third less waste; calmer mornings; twice as many visitors; no lost parcels;
        answers in minutes; clean books at the end of the month; fewer phone calls""",
    "past": """
        in a kitchen; with a borrowed printer; after a long winter; with two customers;
        because our own tools were slow; over a weekend that never ended;
        with a letter from a reader;
        when a storm had closed the roads; as a hobby; with one angry phone call""",
    "number": "two; three; four; five; six; seven; eight; nine; ten; twelve; fourteen; twenty",
    "unit": "people; customers; rooms; lorries; products; friends; partners; languages; branches",
}  # fmt: skip
_LISTS = {
    name: tuple(" ".join(word.split()) for word in words.split(";"))
    for name, words in _WORDS.items()
}
_PATTERNS = tuple(
    tuple(pattern.replace("{", "}").split("}"))
    for pattern in (
        "We build {thing} for {whom}.",
        "We make {thing} {quality}.",
        "Our customers are {whom} and {whom}, and they want {thing} that are {quality}.",
        "We {habit}, we {habit}, and we {habit}.",
        "Thanks to us {whom} have {result}.",
        "We started {past} and now have {number} {unit}.",
        "You would help {whom} with {thing}.",
        "What we look for is somebody who likes {thing} and work that is {quality}.",
        "Last year we gave {whom} {result}; this year we want {result} for {whom} too.",
        "There are {number} of us, and we {habit}.",
        "If you think that {thing} should be {quality}, we would love to hear from you.",
        "A typical week: {thing} for {whom} on Monday, {thing} on Thursday.",
        "It is {quality} work: {whom} tell us every day what {thing} mean to them.",
        "We believe in {thing}, and in {result}.",
        "The company was founded {past}; it is owned by its {number} founders.",
    )
)


def sentence(rng: Rng) -> str:
    """Return one of some 700,000 sentences; none has a character that HTML escapes."""
    bits, which = divmod(rng.bits(), len(_PATTERNS))
    parts = list(_PATTERNS[which])
    for slot in range(1, len(parts), 2):  # one draw is enough for all slots
        words = _LISTS[parts[slot]]
        bits, which = divmod(bits, len(words))
        parts[slot] = words[which]
    return "".join(parts)


def draw_length(rng: Random, mean: float = 1_308) -> float:
    """Return a length as real postings have it, in characters; with another mean, scaled."""
    return at_quantile(_LENGTHS, rng.random()) * mean / 1_308


def paragraphs(rng: Rng, written: int) -> Iterator[str]:
    """Yield paragraphs until a posting of so many characters is as long as one of its kind."""
    missing = draw_length(rng) - written - _HALF_A_PARAGRAPH
    while missing > 0:
        paragraph = " ".join(sentence(rng) for _ in range(rng.between(1, 4)))
        missing -= len(paragraph)
        yield paragraph
