"""Patterns tried only where a literal is: they find what the bare patterns find."""

from __future__ import annotations

import gzip
import importlib
import json
import pkgutil
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from re import _parser as parser  # type: ignore[attr-defined]

import pytest

from include import postings
from include.postings import company, technologies
from include.postings.markup import plain_text
from include.postings.prefilter import PrefilteredPattern
from sample.world import World


def _all_guarded() -> Iterator[tuple[str, PrefilteredPattern]]:
    for module in pkgutil.iter_modules(postings.__path__, f"{postings.__name__}."):
        for name, value in vars(importlib.import_module(module.name)).items():
            for number, item in enumerate(value if isinstance(value, tuple) else (value,)):
                if isinstance(item, PrefilteredPattern):
                    yield f"{module.name.rpartition('.')[2]}.{name}[{number}]", item


GUARDED = dict(_all_guarded())
each_guarded = pytest.mark.parametrize("guarded", GUARDED.values(), ids=GUARDED.keys())


def _examples(parts: Iterable[tuple]) -> list[str]:
    """Return texts for a parsed expression: the first, then one for each choice it offers."""
    choices = [_choices(*part) for part in parts]
    first = [options[0] for options in choices]
    return ["".join(first)] + [
        "".join([*first[:at], option, *first[at + 1 :]])
        for at, options in enumerate(choices)
        for option in options[1:]
    ]


def _choices(operator, argument) -> list[str]:
    match str(operator):
        case "LITERAL":
            return [chr(argument)]
        case "ANY" | "NOT_LITERAL":
            return ["x"]
        case "IN":
            return _characters(argument)
        case "BRANCH":
            return [example for branch in argument[1] for example in _examples(branch)]
        case "SUBPATTERN":
            return _examples(argument[-1])
        case "MAX_REPEAT" | "MIN_REPEAT":
            least, _, part = argument
            return [""] * (not least) + [example * max(least, 1) for example in _examples(part)]
        case "ASSERT":
            return _examples(argument[1]) if argument[0] > 0 else [""]
        case "AT" | "ASSERT_NOT":
            return [""]
    raise NotImplementedError(operator)


def _characters(members) -> list[str]:
    """Return a character for each member of a class."""
    category = {"DIGIT": "1", "WORD": "a", "SPACE": " ", "NOT_WORD": "-", "NOT_SPACE": "x"}
    found = []
    for operator, argument in members:
        match str(operator):
            case "NEGATE":
                return ["x"]
            case "LITERAL":
                found.append(chr(argument))
            case "RANGE":
                found.append(chr(argument[0]))
            case "CATEGORY":
                found.append(category[str(argument).removeprefix("CATEGORY_")])
    return found


@each_guarded
def test_no_stem_is_forgotten(guarded: PrefilteredPattern) -> None:
    """An example of each alternative is found, so each has a literal."""
    pattern = guarded.pattern
    examples = _examples(parser.parse(pattern.pattern, pattern.flags))
    matched = [example for example in examples if pattern.search(example)]
    assert len(matched) > 0.8 * len(examples), "an example may break a word's end, few may"
    assert [example for example in matched if not guarded.search(example)] == []


def test_a_forgotten_stem_would_be_seen():
    pattern = re.compile(r"\b(?:on-?site|in[- ]office)\b")
    examples = _examples(parser.parse(pattern.pattern))
    assert set(examples) == {"on-site", "onsite", "in-office", "in office"}
    lame = PrefilteredPattern(pattern.pattern, literals=("site",))
    assert [bool(lame.search(example)) for example in sorted(examples)] == [
        False,
        False,
        True,
        True,
    ]


@pytest.mark.parametrize(
    ("pattern", "chars"),
    [
        (company._ROLE_LAST, company._ROLE_LAST_CHARS - 1),
        (technologies._BEFORE, technologies._BEFORE_CHARS - 1),
        (technologies._SEPARATOR, technologies._SEPARATOR_CHARS),
    ],
)
def test_a_pattern_tried_on_a_part_fits_into_it(pattern: re.Pattern[str], chars: int) -> None:
    """One character less: what stands before decides whether a word begins."""
    assert parser.parse(pattern.pattern, pattern.flags).getwidth()[1] <= chars


def _assert_same(guarded: PrefilteredPattern, texts: Iterable[str]) -> None:
    for text in texts:
        bare = [match.span() for match in guarded.pattern.finditer(text)]
        assert [match.span() for match in guarded.finditer(text)] == bare, text


@pytest.fixture(scope="module")
def generated() -> list[str]:
    world = World(comments=200)
    items = (item for block in world.blocks(world.months()[-1]) for item in block.items.values())
    texts = [plain_text(item["text"]) for item in items if item and item.get("text")]
    return _lines_and_texts(texts)


@pytest.fixture(scope="module")
def real(shared_data) -> list[str]:
    texts = []
    for path in sorted((shared_data / "hn").glob("*.jsonl.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            items = (json.loads(line) for line in islice(lines, 0, None, 40))
            texts += [plain_text(item["text"]) for item in items if item.get("text")]
    return _lines_and_texts(texts)


def _lines_and_texts(texts: list[str]) -> list[str]:
    """Return the texts and their first lines, as written and in lower case."""
    parts = [part for text in texts for part in (text, text.partition("\n")[0])]
    return [*parts, *(part.lower() for part in parts)]


@each_guarded
def test_the_same_is_found_in_generated_texts(guarded, generated):
    _assert_same(guarded, generated)


@each_guarded
def test_the_same_is_found_in_real_posts(guarded, real):
    _assert_same(guarded, real)


@pytest.mark.parametrize("text", ["a-b -c", "none"])
def test_every_way_to_search_is_guarded(text):
    pattern = re.compile(r"-\w")
    guarded = PrefilteredPattern(pattern.pattern, literals=("-",))
    assert bool(guarded.search(text)) == bool(pattern.search(text))
    assert [m.group() for m in guarded.finditer(text)] == pattern.findall(text)
    assert guarded.split(text) == pattern.split(text)
    assert guarded.sub("_", text) == pattern.sub("_", text)
    assert guarded.sub(lambda m: m.group().upper(), text) == text.replace("-b", "-B").replace(
        "-c", "-C"
    )
