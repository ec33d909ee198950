"""Silver postings: each posting read by the one classifier, include/postings.

Incremental: what was loaded since the last run, what a source now reads another way, and, when the
rules, the taxonomy or the columns have changed, everything that an older version has read.
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

    as_one = dbt.ref("int_postings__read_as_one")
    if not dbt.is_incremental:
        return read_postings(as_one)
    # first which they are, by narrow columns: what a day adds is little beside the texts
    session.sql(
        f"""
        create or replace temp table unread as
        select as_one.source, as_one.canonical_url, as_one.retrieved_at
        from as_one
        anti join {dbt.this} as known
            on as_one.canonical_url = known.canonical_url
            and as_one.source = known.source
            and as_one.retrieved_at = known.retrieved_at
            and as_one.reading_version is not distinct from known.reading_version
            and known.classifier_version = '{classifier_version()}'
        """
    )
    (oldest,) = session.sql("select min(retrieved_at)::varchar from unread").fetchone()
    unread = session.sql(
        f"""
        select as_one.*
        from as_one
        semi join unread
            on as_one.canonical_url = unread.canonical_url and as_one.source = unread.source
        -- as a constant it spares reading the texts of what is older
        where as_one.retrieved_at >= {f"'{oldest}'::timestamptz" if oldest else "'infinity'"}
        """
    )
    return read_postings(unread)
