"""Compare how two checkouts read the recorded history: ``python -m bench.reread OLD --folder F``.

Each reads all posts by its own ``include.cli classify``. Prints for each field that both answer the
share of postings whose answer differs, by era. ``--draw roles`` prints twenty of that field's
differences, drawn at random but the same each time, with their texts: to be looked at by eye.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from bench.rows.real import HISTORY, months_there
from include.postings.markup import plain_text
from include.settings import PROJECT_ROOT

__all__ = ["HOW", "Comparison", "Difference", "compare", "how", "main"]

HOW = ("added", "removed", "other")
_ERAS = ("2011-13", "2014-16", "2017-19", "2020-22", "2023-26")
_ERA_YEARS, _FIRST_YEAR = 3, 2011
_UNSAID = (None, False, "", "unspecified")
_SEED = 17

Row = dict[str, Any]


class Difference(NamedTuple):
    """One field of one post that the two checkouts answer differently."""

    field: str
    post_id: int
    era: str
    how: str
    """``added``, ``removed`` or ``other``: the new answer holds more, less, or something else."""
    old: Any
    new: Any


class Comparison(NamedTuple):
    """What differs, and how many posts there are of each era: all, and those that offer jobs."""

    found: list[Difference]
    posts: Counter[str]
    offers: Counter[str]

    def as_table(self) -> str:
        """Return the per cent that differ: a row a field, a column an era, then how they do."""
        counts: dict[str, Counter[str]] = {}
        for one in self.found:
            counts.setdefault(one.field, Counter()).update((one.era, one.how, "all"))
        columns = (*_ERAS, "all", *HOW)
        lines = [f"| field | {' | '.join(columns)} |", f"|---|{'---:|' * len(columns)}"]
        for field, count in counts.items():
            of = self.posts if field == "is_job" else self.offers
            shares = (count[name] / max(of[name] or of.total(), 1) for name in columns)
            lines.append(f"| {field} | {' | '.join(f'{100 * share:.1f}' for share in shares)} |")
        return "\n".join(lines)


def main() -> None:
    """Print the table, or the differences drawn of one field."""
    parser = argparse.ArgumentParser(prog="python -m bench.reread", description=__doc__)
    parser.add_argument("old", type=Path, help="a checkout of the commit to compare with")
    parser.add_argument("--folder", type=Path, required=True, help="keeps posts and answers")
    parser.add_argument("--draw", metavar="FIELD", help="print differences of this field")
    parser.add_argument("--count", type=int, default=20, help="how many of them")
    options = parser.parse_args()
    posts = options.folder / "posts.ndjson"
    options.folder.mkdir(parents=True, exist_ok=True)
    _once(posts, _write_posts)
    old = _read_by(options.old, posts, options.folder / "old.ndjson")
    new = _read_by(PROJECT_ROOT, posts, options.folder / "new.ndjson")
    compared = compare(_rows(posts), _rows(old), _rows(new))
    if options.draw:
        _print_drawn(compared.found, posts, options.draw, options.count)
    else:
        print(compared.as_table())


def how(old: Any, new: Any) -> str | None:
    """Return how an answer changed, one of ``HOW``; None if it did not."""
    before, after = _values(old), _values(new)
    if before == after:
        return None
    return "added" if before < after else "removed" if after < before else "other"


def compare(posts: Iterable[Row], old: Iterable[Row], new: Iterable[Row]) -> Comparison:
    """Compare all fields of both answers; besides ``is_job`` only where both say that it is one."""
    compared = Comparison([], Counter(), Counter())
    for post, before, after in zip(posts, old, new, strict=True):
        era = _era(post["month"])
        both = before["is_job"] and after["is_job"]
        compared.posts[era] += 1
        compared.offers[era] += both
        for field in before if both else ("is_job",):
            if field in after and (changed := how(before[field], after[field])):
                one = Difference(field, post["id"], era, changed, before[field], after[field])
                compared.found.append(one)
    return compared


def _values(answer: Any) -> frozenset[str]:
    """Return an answer as a set: of a list its items, else itself, empty if nothing is said."""
    items = answer if isinstance(answer, list) else [] if answer in _UNSAID else [answer]
    return frozenset(json.dumps(item, sort_keys=True) for item in items)


def _era(month: str) -> str:
    return _ERAS[min((int(month[:4]) - _FIRST_YEAR) // _ERA_YEARS, len(_ERAS) - 1)]


def _write_posts(path: Path) -> None:
    with path.open("w", encoding="utf-8") as out:
        for month in months_there():
            with gzip.open(HISTORY / "hn" / f"{month}.jsonl.gz", "rt", encoding="utf-8") as file:
                for post in filter(lambda post: post.get("text"), map(json.loads, file)):
                    kept = {"id": post["id"], "month": month, "text": post["text"]}
                    out.write(json.dumps(kept) + "\n")


def _read_by(checkout: Path, posts: Path, answers: Path) -> Path:
    """Let the code at ``checkout`` read the posts, in a process of its own."""

    def read(path: Path) -> None:
        command = [sys.executable, "-m", "include.cli", "classify"]
        with posts.open() as given, path.open("w") as out:
            subprocess.run(command, cwd=checkout, stdin=given, stdout=out, check=True)

    _once(answers, read)
    return answers


def _once(path: Path, write: Callable[[Path], None]) -> None:
    """Let ``write`` make the file unless it is there; one that is half written is never taken."""
    if not path.exists():
        partial = path.with_suffix(".partial")
        write(partial)
        partial.rename(path)


def _rows(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def _print_drawn(found: Iterable[Difference], posts: Path, field: str, count: int) -> None:
    of_field = [one for one in found if one.field == field]
    drawn = random.Random(_SEED).sample(of_field, min(count, len(of_field)))
    by_id = {one.post_id: one for one in drawn}
    for post in _rows(posts):
        if one := by_id.get(post["id"]):
            print(f"=== {post['id']} {post['month']} {field} {one.how}\n- {one.old}\n+ {one.new}")
            print(plain_text(post["text"]), "\n")


if __name__ == "__main__":
    main()
