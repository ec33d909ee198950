"""Texts that try to break whoever reads, stores or shows them: counted from end to end.

What the browser makes of them, and the CSV that it saves, is in tests/e2e.
"""

from __future__ import annotations

import json
import re
from typing import Any

import duckdb

from include.sources.hacker_news.client import SOURCE
from include.warehouse.connection import open_warehouse
from sample.boards import BOARDS
from sample.faults import Faults
from sample.hostile import HOSTILE_TEXTS, HUGE_CHARACTERS, hostile_text
from sample.world import World

from .arena import Arena
from .report import note
from .steps import FIRST, SECOND, run_step
from .test_readers import client_of
from .upstream import at, world_of

_RAW_CONTROLS = re.compile(rb"[\x00-\x1f]")


def stored_texts(bronze: duckdb.DuckDBPyConnection, month: str) -> dict[int, Any]:
    rows = bronze.execute(
        "select item_id, arg_max(payload, ingested_at) from bronze.raw_hn_items "
        "where month = ? group by 1",
        [f"{month}-01"],
    ).fetchall()
    return {key: json.loads(payload).get("text") for key, payload in rows}


def is_no_unicode(text: str | None) -> bool:
    return text is not None and any("\ud800" <= character <= "\udfff" for character in text)


def test_hostile_comments_are_stored_as_they_came_or_kept_in_quarantine(arena: Arena) -> None:
    world, months = world_of(SECOND), ("2026-08", "2026-09", "2026-10")
    expected = found = surrogates = 0
    with duckdb.connect(str(arena.root / "second" / "warehouse.duckdb"), read_only=True) as bronze:
        rejected = bronze.execute(
            "select record_key::bigint, reason_code from bronze.rejects where source = ?", [SOURCE]
        ).fetchall()
        for month in months:
            texts = stored_texts(bronze, month)
            hostile = [block.root for block in world.blocks(month)][: len(HOSTILE_TEXTS)]
            shown = {key: (world.item(key) or {}).get("text") for key in hostile}
            whole = {key for key in hostile if key in texts and texts[key] == shown[key]}
            quarantined = {key for key in hostile if (key, "invalid_unicode") in rejected}
            assert quarantined == {key for key in hostile if is_no_unicode(shown[key])}
            assert not whole & quarantined
            surrogates += len(quarantined)
            expected, found = expected + len(hostile), found + len(whole) + len(quarantined)
    note("hostile comments: stored as sent, or in quarantine", faults=expected,
         expected=expected, found=found)  # fmt: skip
    assert surrogates
    assert expected == found


def test_the_api_gives_every_posting_as_strict_json_without_a_raw_control_character(
    arena: Arena,
) -> None:
    client = client_of(arena.root / "second")
    postings: list[dict[str, Any]] = []
    cursor, total = "", -1
    while cursor is not None:
        path = f"/api/v1/postings?limit=100{f'&cursor={cursor}' if cursor else ''}"
        answer = client.get(path)
        assert answer.status_code == 200
        assert answer.content_type == "application/json"
        assert not _RAW_CONTROLS.search(answer.data)
        page = json.loads(answer.data.decode("utf-8", errors="strict"))
        postings += page["data"]
        cursor, total = page["meta"]["next_cursor"], page["meta"]["total_count"]
    client.application.extensions["techpulse"].close()
    with duckdb.connect(str(arena.root / "second" / "warehouse.duckdb"), read_only=True) as gold:
        ids = gold.execute(
            "select posting_id from gold.fct_postings where duplicate_of is null"
        ).fetchall()
    assert total == len(postings) == len({posting["id"] for posting in postings}) == len(ids)
    assert {posting["id"] for posting in postings} == {key for (key,) in ids}
    assert all(re.match(r"https?://|[a-z_]+://", posting["url"]) for posting in postings)
    note("postings in the API, hostile ones among them", expected=len(ids), found=len(postings))


def test_five_megabytes_are_stored_or_rejected_for_their_size_and_counted(
    full: bool, tmp_path: Any
) -> None:
    kinds = len(HOSTILE_TEXTS) + 1  # each eleventh is the huge one
    month = FIRST.months[-1]
    world = World(
        first_month=month, last_month=month, comments=kinds, reply_share=0, jobs=120,
        today=FIRST.now.date(), hostile=kinds,
    )  # fmt: skip
    world.edit_comment(next(iter(world.blocks(month))).root, hostile_text(len(HOSTILE_TEXTS)))
    with at(world, Faults(), tmp_path, TECHPULSE_HN_CHUNK_COMMENTS="5"):
        run_step(("hacker_news", month, FIRST.name))
        run_step(("job_boards", FIRST.name))
        with open_warehouse() as bronze:
            texts = stored_texts(bronze, month)
            boards = dict(
                bronze.execute(
                    "select source, count(*) from bronze.rejects where reason_code = 'too_large' "
                    "group by 1"
                ).fetchall()
            )
            ledger = bronze.execute(
                "select source, expected = fetched + missing and "
                "fetched = inserted + unchanged + rejected from bronze.loads"
            ).fetchall()
    huge = [text for text in texts.values() if text and len(text) >= HUGE_CHARACTERS]
    assert len(huge) == 1
    assert boards == dict.fromkeys(BOARDS, 1)
    assert len(ledger) == 1 + len(BOARDS)
    assert all(adds_up for _, adds_up in ledger)
    note("texts of 5 MB", faults=5, expected=5, found=len(huge) + sum(boards.values()))
