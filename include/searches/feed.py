"""The Atom feed of a saved search (RFC 4287): a file for any static server, each posting once."""

from __future__ import annotations

import datetime as dt
import os
import stat
from collections.abc import Iterable
from pathlib import Path
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5
from xml.etree import ElementTree as ET

from include import __version__
from include.disk import raise_if_disk_full
from include.files import make_folder, new_file
from include.searches.definition import SavedSearch
from include.searches.message import Item
from include.settings import Settings

__all__ = ["MAX_ENTRIES", "MIN_ENTRIES", "atom", "feed_path", "write_feed"]

MIN_ENTRIES, MAX_ENTRIES = 50, 5_000
"""Of a feed, if as many were sent; in between it has those of the last days."""

_ATOM = "http://www.w3.org/2005/Atom"


def feed_path(search: SavedSearch, settings: Settings) -> Path | None:
    """Return the file of a search's feed; None if it has none."""
    return settings.feeds_dir / search.feed if search.feed else None


def atom(
    search: SavedSearch, entries: Iterable[tuple[dt.datetime, Item]], began: dt.datetime
) -> bytes:
    """Return the feed of these postings, the newest first, each with the time of its message.

    The same postings give the same bytes. ``began`` is the time of a feed without postings.
    """
    shown = list(entries)
    feed = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": "en"})
    _add(feed, "id", uuid5(NAMESPACE_URL, f"techpulse:saved-search:{search.name}").urn)
    _add(feed, "title", f"{search.name}: new postings")
    _add(feed, "updated", _instant(shown[0][0] if shown else began))
    _add(_add(feed, "author"), "name", "TechPulse")
    _add(feed, "generator", "TechPulse", version=__version__)
    for at, item in shown:
        _add_entry(feed, at, item)
    ET.indent(feed)
    content: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return content + b"\n"


def write_feed(path: Path, content: bytes, *, only_try: bool = False) -> None:
    """Replace a feed's file at once; the mode of one that is there already is kept.

    ``only_try``: write and remove the temporary file, and leave the feed's own alone.
    """
    make_folder(path.parent)
    temp = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        with raise_if_disk_full(path), new_file(temp) as file:
            file.write(content)
            file.flush()
            # Before the rename: a power cut must not leave a renamed but empty file.
            os.fsync(file.fileno())
        if only_try:
            return
        if path.exists():
            # The operator may let a web server's user read it.
            temp.chmod(stat.S_IMODE(path.stat().st_mode))
        temp.replace(path)
    finally:
        temp.unlink(missing_ok=True)


def _add_entry(feed: ET.Element, at: dt.datetime, item: Item) -> None:
    entry = _add(feed, "entry")
    # A posting's id has the 128 bits of a UUID.
    _add(entry, "id", UUID(item.id).urn)
    _add(entry, "title", item.headline)
    _add(entry, "updated", _instant(at))
    _add(entry, "published", f"{item.posted_day}T00:00:00Z")
    if item.company:
        _add(_add(entry, "author"), "name", item.company)
    if item.url:
        _add(entry, "link", rel="alternate", href=item.url)
    if item.source.url:
        _add(entry, "link", rel="via", href=item.source.url, title=item.source.name)
    _add(entry, "rights", f"Source: {item.source.name}")
    for skill in item.skills:
        _add(entry, "category", term=skill)
    lines = (
        item.facts,
        "; ".join(item.jobs),
        ", ".join(item.skills),
        f"Source: {item.source.name}",
    )
    _add(entry, "content", "\n".join(filter(None, lines)), type="text")


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, name, attributes)
    element.text = text
    return element


def _instant(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
