"""Silver seekers: what each comment of those who look for work says (include/postings/seeker.py).

Incremental: reads the versions loaded since the last run, and all of them after a change of the
reader, the taxonomy or the columns. No text goes on from here.
"""


def model(dbt, session):
    """Return an Arrow reader over the latest version of each comment to be (re)written."""
    dbt.config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key="item_id",
        meta={"rebuild_on_column_change": True, "code_version_column": "reading_version"},
    )
    from include.silver.seekers import read_seekers, reading_version

    dbt.ref("loads_read")  # an edge only: the ledger is copied before bronze is read
    columns = ("item_id", "ingested_at", "reading_version")
    known = f"select {', '.join(f'null as {name}' for name in columns)} limit 0"
    if dbt.is_incremental:
        known = f"select {', '.join(columns)} from {dbt.this}"
    # Read by its name in the query.
    versions = dbt.ref("stg_hn__seekers")  # noqa: F841
    new_versions = session.sql(
        f"""
        with known as ({known}),

        -- Narrow columns first: a month adds little, and texts are wide.
        latest as (
            select item_id, max(ingested_at) as ingested_at
            from versions
            group by item_id
            -- A tombstone has no type: what it was is known by an older version, or never.
            having count(*) filter (item_type = 'story') = 0
        ),

        new_versions as (
            select latest.*
            from latest
            left join known on latest.item_id = known.item_id
            where
                known.ingested_at is distinct from latest.ingested_at
                or not coalesce(
                    starts_with(known.reading_version, '{reading_version()} '), false
                )
        )

        select
            versions.*,
            'hacker_news_seekers' as source,
            versions.item_id::varchar as posting_id
        from versions
        inner join new_versions
            on versions.item_id = new_versions.item_id
            and versions.ingested_at = new_versions.ingested_at
        """
    )
    return read_seekers(new_versions)
