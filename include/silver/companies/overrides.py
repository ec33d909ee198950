"""The operator's corrections of companies: a CSV file with the columns company, name, link.

Each line says that the postings with this name, with this link, or with both, are of a company. Two
lines with one company join what the rules keep apart; two lines with one name and different links
keep apart what they join:

    company,name,link
    Acme,Acme Ovens,
    Acme,Acme Bakery,
    Birch Oslo,Birch,birch.test
    Birch Rome,Birch,lever:birchrome
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Final

from include.errors import ConfigurationError
from include.operator_files import read_operator_file
from include.postings.ats_links import SYSTEMS
from include.silver.companies.names import read_name

__all__ = ["NO_OVERRIDES", "Overrides", "read_overrides"]

_COLUMNS: Final = ["company", "name", "link"]
_DOMAIN = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")


@dataclass(frozen=True, slots=True)
class Overrides:
    """Company keys by name key and link; "" stands for any."""

    keys: Mapping[tuple[str, str], str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def version(self) -> str:
        """Return 8 hex digits that change with what the lines say."""
        said = json.dumps(sorted((*asked, key) for asked, key in self.keys.items()))
        return hashlib.sha256(said.encode()).hexdigest()[:8]

    def company(self, name: str, links: Iterable[str]) -> str | None:
        """Return the key of the most specific line: name and link, then link, then name."""
        if not self.keys:
            return None
        asked = sorted(links)
        candidates = (*((name, link) for link in asked), *(("", link) for link in asked))
        return next(filter(None, map(self.keys.get, (*candidates, (name, "")))), None)


NO_OVERRIDES: Final = Overrides()


def read_overrides(path: Path) -> Overrides:
    """Return the overrides of a file; none if there is no file.

    Raises ConfigurationError, which names the line.
    """
    text = read_operator_file(path)
    if text is None:
        return NO_OVERRIDES
    # Not by lines: a quoted cell may hold a line break.
    rows = csv.reader(io.StringIO(text, newline=""))
    keys: dict[tuple[str, str], str] = {}
    for row in rows:
        where = f"{path}, line {rows.line_num}"
        if rows.line_num == 1 and [cell.strip() for cell in row] != _COLUMNS:
            raise ConfigurationError(f"{where}: the columns must be {','.join(_COLUMNS)}")
        if rows.line_num > 1 and any(cell.strip() for cell in row):
            asked, key = _entry(row, where)
            if keys.setdefault(asked, key) != key:
                raise ConfigurationError(f"{where}: an earlier line gives it another company")
    return Overrides(MappingProxyType(keys))


def _entry(row: list[str], where: str) -> tuple[tuple[str, str], str]:
    if len(row) != len(_COLUMNS):
        raise ConfigurationError(f"{where}: {len(row)} columns, not {len(_COLUMNS)}")
    company, name, link = (cell.strip() for cell in row)
    read = read_name(company)
    if not read:
        raise ConfigurationError(f"{where}: the company is empty")
    named = read_name(name)
    if name and not named:
        raise ConfigurationError(f"{where}: {name!r} has no letter or digit")
    link = link.lower().removeprefix("www.")
    if link and not _is_link(link):
        raise ConfigurationError(
            f"{where}: {link!r} is neither a domain (acme.com) nor a board (lever:acme)"
        )
    if not named and not link:
        raise ConfigurationError(f"{where}: a line needs a name or a link")
    return (named.key if named else "", link), read.key


def _is_link(link: str) -> bool:
    system, is_board, slug = link.partition(":")
    return (system in SYSTEMS and bool(slug)) if is_board else bool(_DOMAIN.fullmatch(link))
