"""Silver board postings: the fields that each source's parser (include/sources) reads in a record.

Incremental: reads the versions loaded since the last run, and all of them after a change of the
parsers or the columns.
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

    dbt.ref("loads_read")  # an edge only: the ledger is copied before bronze is read
    columns = ("posting_id", "retrieved_at", "reading_version", "board_company")
    known = f"select {', '.join(f'null as {name}' for name in columns)} limit 0"
    if dbt.is_incremental:
        known = f"select {', '.join(columns)} from {dbt.this}"
    new_records = dbt.ref("stg_boards__postings").query(
        "versions",
        f"""
        with known as ({known}),

        -- Narrow columns first: a day adds little, and payloads are wide.
        latest as (
            select
                posting_id,
                max(ingested_at) as ingested_at,
                any_value(board_company) as board_company,
            from versions
            group by posting_id
        ),

        new_versions as (
            select latest.*
            from latest
            left join known on latest.posting_id = known.posting_id
            -- Another version is the latest now, other code has read it, or the directory has
            -- another name for the board's company.
            where
                known.retrieved_at is distinct from latest.ingested_at
                or known.board_company is distinct from latest.board_company
                or not coalesce(
                    starts_with(known.reading_version, '{reading_version()} '), false
                )
        )

        select versions.*
        from versions
        semi join new_versions
            on versions.posting_id = new_versions.posting_id
            and versions.ingested_at = new_versions.ingested_at
        """,
    )
    return read_records(new_records)
