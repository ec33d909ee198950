"""Silver board postings: what each record states, read by its own source in include/sources.

Incremental: what was loaded since the last run, and, when the code that reads records has changed,
everything.
"""


def model(dbt, session):
    """Return an Arrow reader over the latest version of each posting to be (re)written."""
    dbt.config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key="posting_id",
        on_schema_change="fail",
    )
    from include.pipeline.board_postings import read_records, reading_version

    known = "select null::varchar as source, null::timestamptz as retrieved_at limit 0"
    if dbt.is_incremental:
        known = f"select * from {dbt.this} where reading_version = '{reading_version()}'"
    unread = dbt.ref("stg_boards__postings").query(
        "versions",
        f"""
        with known as ({known}),

        read_until as (
            select source, max(retrieved_at) as retrieved_at from known group by source
        )

        select versions.*
        from versions
        left join read_until on versions.source = read_until.source
        where read_until.source is null or versions.ingested_at > read_until.retrieved_at
        qualify row_number() over (
            partition by versions.posting_id order by versions.ingested_at desc
        ) = 1
        """,
    )
    return read_records(unread)
