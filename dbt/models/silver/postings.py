"""Silver postings: each posting with what the classifier (include/postings) reads in it.

Incremental: reads the postings loaded since the last run and those whose source now parses them
otherwise; all of them after a change of the rules, the taxonomy or the columns.
"""


def model(dbt, session):
    """Return an Arrow reader over the postings to be (re)written."""
    dbt.config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key="posting_id",
        meta={"rebuild_on_column_change": True, "code_version_column": "reading_version"},
    )
    from include.silver.postings import classifier_version, read_postings

    unioned = dbt.ref("int_postings__unioned")
    if not dbt.is_incremental:
        return read_postings(unioned)
    # Narrow columns first: a day adds little, and texts are wide.
    session.sql(
        f"""
        create or replace temp table new_postings as
        select unioned.source, unioned.canonical_url, unioned.retrieved_at
        from unioned
        anti join {dbt.this} as known
            on unioned.canonical_url = known.canonical_url
            and unioned.source = known.source
            and unioned.retrieved_at = known.retrieved_at
            and unioned.reading_version is not distinct from known.reading_version
            and known.classifier_version = '{classifier_version()}'
        """
    )
    (oldest,) = session.sql("select min(retrieved_at)::varchar from new_postings").fetchone()
    new_rows = session.sql(
        f"""
        select unioned.*
        from unioned
        semi join new_postings
            on unioned.canonical_url = new_postings.canonical_url
            and unioned.source = new_postings.source
        -- DuckDB pushes a constant into the scan and skips the texts of older rows; it would
        -- not push a subquery.
        where unioned.retrieved_at >= {f"'{oldest}'::timestamptz" if oldest else "'infinity'"}
        """
    )
    return read_postings(new_rows)
