"""What is kept of the sister threads, where people look for work: no author, no contact, no reply.

A record goes through :func:`kept` before it is staged, so neither a staged file, nor bronze, nor
the quarantine ever has what it drops. Its hash is of what is kept: an edit of an e-mail address
alone is no new version.
"""

from __future__ import annotations

import json
from typing import Any, Final

from include.sources.hacker_news.redaction import redacted_html
from include.sources.hacker_news.threads import ThreadKind
from include.sources.record import Record, Status

__all__ = ["KINDS", "SOURCE", "kept", "partition_of", "read_partition"]

SOURCE: Final = "hacker_news_seekers"
"""The source's key in the ledger and the quarantine: no figure of ``hacker_news`` has it."""

KINDS: Final = (ThreadKind.WANTS, ThreadKind.FREELANCER)
"""The sister threads, in the order in which they are read."""

# The fields that are kept, each only if it has this type; ``by`` and any new field are dropped.
_KEPT: dict[str, type] = {
    "id": int, "type": str, "parent": int, "time": int, "deleted": bool, "dead": bool,
}  # fmt: skip
_KEPT_OF_A_STORY: dict[str, type] = {"title": str, "kids": list}
_NOT_KEPT = "not delivered or not readable; the answer is not kept, since it may name a person"


def partition_of(kind: ThreadKind, month: str) -> str:
    """Return the ledger's partition of a kind's month: ``wants-2016-03``."""
    return f"{kind}-{month}"


def read_partition(partition: str) -> tuple[ThreadKind, str]:
    """Return kind and month of a partition."""
    kind, _, month = partition.partition("-")
    return ThreadKind(kind), month


def kept(record: Record) -> Record:
    """Return the record without author, contacts, replies and unknown fields."""
    if record.status is Status.FETCHED:
        payload = _kept_fields(json.loads(record.payload or "{}"))
        return Record.fetched(record.key, payload, json.dumps(payload, ensure_ascii=False))
    if record.status in (Status.REJECTED, Status.MISSING):
        # A replay fetches it again.
        return Record(record.key, record.status, reason=record.reason, message=_NOT_KEPT)
    return record


def _kept_fields(item: dict[str, Any]) -> dict[str, Any]:
    wanted = _KEPT | (_KEPT_OF_A_STORY if item.get("type") == "story" else {})
    fields = {name: item[name] for name, kind in wanted.items() if type(item.get(name)) is kind}
    if item.get("type") == "comment" and isinstance(item.get("text"), str):
        fields["text"] = redacted_html(item["text"])
    return fields
