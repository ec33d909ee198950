from __future__ import annotations

import datetime as dt

from include.settings import Settings
from include.warehouse.company_boards import BoardRow, State, add_rows, due_boards, known_hashes
from include.warehouse.connection import commit

FIRST = dt.date(2026, 10, 1)


def read_when_due(settings: Settings, outcomes: dict[int, str]) -> list[int]:
    """Return the days of forty on which a board is read, whose reading is empty unless given."""
    days = []

    def live(connection) -> None:
        add_rows(connection, [BoardRow("lever", "Acorn", State.CANDIDATE, "linked")])
        for number in range(40):
            day = FIRST + dt.timedelta(days=number)
            if due_boards(connection, "lever", day):
                days.append(number)
                outcome = outcomes.get(number, "empty")
                connection.execute(
                    """
                    insert into bronze.board_readings by name
                    select uuid() as load_id, ?::date as day, day + interval 6 hour as read_at,
                        read_at as ingested_at, 'lever' as source, 'acorn' as board, ? as outcome,
                        if(outcome = 'whole', 3, 0) as shown,
                        0 as records, 0 as inserted, 0 as updated, 0 as unchanged, 0 as rejected,
                        0 as filtered
                    """,
                    [day, outcome],
                )

    commit(live, conflict_key="test", settings=settings)
    return days


def test_a_board_without_a_job_for_two_weeks_is_read_once_a_week(settings):
    assert read_when_due(settings, {}) == [*range(14), 20, 27, 34]


def test_a_job_ends_the_weeks_of_silence_and_a_failure_is_tried_again_the_next_day(settings):
    outcomes = {5: "whole", 23: "failed", 26: "failed", 27: "whole"}
    assert read_when_due(settings, outcomes) == [*range(20), 26, *range(27, 40)]


def test_known_hashes_are_those_of_each_jobs_newest_version(settings):
    def store(connection) -> None:
        connection.execute(
            """
            insert into bronze.raw_job_postings by name
            select uuid() as load_id, ingested_at, source, board, posting_id,
                '{}' as payload, hash as payload_hash
            from (values
                (timestamptz '2026-10-01', 'rippling', 'Acorn', 'one', 'aaaa1'),
                (timestamptz '2026-10-02', 'rippling', 'Acorn', 'one', 'bbbb2'),
                (timestamptz '2026-10-01', 'rippling', 'Acorn', 'two', 'cccc3'),
                (timestamptz '2026-10-01', 'rippling', 'birch', 'six', 'dddd4'),
                (timestamptz '2026-10-01', 'lever', 'acorn', 'ten', 'eeee5')
            ) as given (ingested_at, source, board, posting_id, hash)
            """
        )
        found = known_hashes(connection, "rippling", 4)
        assert {board: sorted(hashes) for board, hashes in found.items()} == {
            "acorn": ["bbbb", "cccc"], "birch": ["dddd"],
        }  # fmt: skip

    commit(store, conflict_key="test", settings=settings)
