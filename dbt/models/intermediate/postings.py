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
        on_schema_change="sync_all_columns",
    )
    from include.pipeline.classify import CLASSIFIER_VERSION, COLUMNS, read_postings

    as_one = dbt.ref("int_postings__read_as_one")
    there = session.sql(f"select * from {dbt.this} limit 0").columns if dbt.is_incremental else ()
    if not set(there) >= COLUMNS:
        return read_postings(as_one)
    # the keys first, by narrow columns: what a day adds is little beside the texts
    session.sql(
        f"""
        create or replace temp table unread as
        select as_one.posting_id, as_one.retrieved_at
        from as_one
        left join {dbt.this} as known on as_one.posting_id = known.posting_id
        where
            known.retrieved_at is distinct from as_one.retrieved_at
            or known.reading_version is distinct from as_one.reading_version
            or known.classifier_version is distinct from '{CLASSIFIER_VERSION}'
        """
    )
    (oldest,) = session.sql("select min(retrieved_at)::varchar from unread").fetchone()
    unread = session.sql(
        f"""
        select as_one.*
        from as_one
        semi join unread on as_one.posting_id = unread.posting_id
        -- as a constant it spares reading the texts of what is older
        where as_one.retrieved_at >= {f"'{oldest}'::timestamptz" if oldest else "'infinity'"}
        """
    )
    return read_postings(unread)
