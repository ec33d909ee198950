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
    # Read by their names in the query.
    versions = dbt.ref("stg_boards__postings")  # noqa: F841
    boards = dbt.ref("stg_companies__boards")  # noqa: F841
    new_records = session.sql(
        f"""
        with known as ({known}),

        -- The newest name that the directory has for a board's company.
        named as (
            select source, board, arg_max(company, changed_at) as board_company
            from boards
            where company is not null
            group by all
        ),

        -- Narrow columns first: a day adds little, and payloads are wide.
        latest as (
            select posting_id, source, lower(board) as board, max(ingested_at) as ingested_at
            from versions
            group by all
        ),

        new_versions as (
            select latest.*, named.board_company
            from latest
            left join named on latest.source = named.source and latest.board = named.board
            left join known on latest.posting_id = known.posting_id
            -- Another version is the latest now, other code has read it, or the directory has
            -- another name for the board's company.
            where
                known.retrieved_at is distinct from latest.ingested_at
                or known.board_company is distinct from named.board_company
                or not coalesce(
                    starts_with(known.reading_version, '{reading_version()} '), false
                )
        )

        select versions.*, new_versions.board_company
        from versions
        inner join new_versions
            on versions.posting_id = new_versions.posting_id
            and versions.ingested_at = new_versions.ingested_at
        """
    )
    return read_records(new_records)
