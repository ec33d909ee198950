"""Store board postings under the ids that today's code gives them.

An id is made of a posting's link (include/sources/links.py). When that rule changes, the payloads
stay as they are and their keys follow, so that a record that comes again is found unchanged.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING

from include.errors import ConfigurationError

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

__all__ = ["rekey_postings"]

_BATCH_ROWS = 1_000  # whole payloads in memory at once: some 5 kB each

log = logging.getLogger(__name__)


def rekey_postings(connection: duckdb.DuckDBPyConnection) -> None:
    """Give each stored version its id and hash of today, within a transaction of the caller's.

    A version that no source can read by now stays under the key that it has.
    """
    import pyarrow as pa

    stored = connection.execute(
        "select load_id::varchar as load_id, source, posting_id, payload_hash, "
        "payload::varchar as payload from bronze.raw_job_postings"
    ).to_arrow_reader(_BATCH_ROWS)
    names = ["load_id", "source", "was", "posting_id", "payload_hash"]
    rows = [row for batch in stored for row in _changed(batch)]
    if not rows:
        return
    renamed = pa.table([pa.array(column) for column in zip(*rows, strict=True)], names=names)
    connection.register("renamed", renamed)
    connection.execute(
        "update bronze.raw_job_postings as stored "
        "set posting_id = renamed.posting_id, payload_hash = renamed.payload_hash from renamed "
        "where stored.load_id = renamed.load_id::uuid and stored.source = renamed.source "
        "and stored.posting_id = renamed.was"
    )
    connection.unregister("renamed")
    log.info("%s versions of board postings have new ids or hashes", len(rows))


def _changed(batch: pa.RecordBatch) -> Iterator[tuple[str, str, str, str, str]]:
    for row in batch.to_pylist():
        key, digest = _named_today(row["source"], row["payload"]) or (None, None)
        if key and digest and (key, digest) != (row["posting_id"], row["payload_hash"]):
            yield row["load_id"], row["source"], row["posting_id"], key, digest


def _named_today(source: str, text: str) -> tuple[str, str] | None:
    """Return a payload's posting id and hash; None for one that cannot be read."""
    from include.sources.parsing import parse_or_reject
    from include.sources.source import UnreadableRecordError

    try:
        return parse_or_reject(_name, source, text)
    except (UnreadableRecordError, ConfigurationError) as error:
        log.warning("a stored record of %s keeps its id: %s", source, error)
        return None


def _name(source: str, text: str) -> tuple[str, str]:
    from include.postings.model import posting_id
    from include.sources.links import canonical_url, without_tracking
    from include.sources.normalise import posting_url
    from include.sources.record import payload_hash
    from include.sources.registry import board

    payload = json.loads(text)
    url = posting_url(source, board(source).parse(payload))
    return posting_id(source, canonical_url(url)), payload_hash(without_tracking(payload))
