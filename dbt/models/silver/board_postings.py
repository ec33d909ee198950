"""Silver board postings: what each record states, read by its own source in include/sources.

Incremental: what was loaded since the last run, and, when the code that reads records or the
columns have changed, everything.
"""


def model(dbt, session):
    """Return an Arrow reader over the latest version of each posting to be (re)written."""
    dbt.config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key="posting_id",
        meta={"rebuild_on_column_change": True, "code_version_column": "reading_version"},
    )
    from include.silver.board_postings import read_records, reading_version

    dbt.ref("loads_read")  # what was committed is noted before it is read
    known = "select null as posting_id, null as retrieved_at, null as reading_version limit 0"
    if dbt.is_incremental:
        known = f"select posting_id, retrieved_at, reading_version from {dbt.this}"
    unread = dbt.ref("stg_boards__postings").query(
        "versions",
        f"""
        with known as ({known}),

        -- by narrow columns: what a day adds is little beside the payloads
        latest as (
            select posting_id, max(ingested_at) as ingested_at from versions group by posting_id
        ),

        unread as (
            select latest.*
            from latest
            left join known on latest.posting_id = known.posting_id
            where
                known.retrieved_at is distinct from latest.ingested_at
                or not coalesce(
                    starts_with(known.reading_version, '{reading_version()} '), false
                )
        )

        select versions.*
        from versions
        semi join unread
            on versions.posting_id = unread.posting_id
            and versions.ingested_at = unread.ingested_at
        """,
    )
    return read_records(unread)
