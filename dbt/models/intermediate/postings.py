"""Silver postings: each posting read by the one classifier, include/postings.

Incremental: what was loaded since the last run, and, when the rules or the taxonomy have changed,
everything that an older version has read.
"""


def model(dbt, session):
    """Return an Arrow reader over the postings to be (re)written."""
    dbt.config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key="posting_id",
        on_schema_change="fail",
    )
    from include.pipeline.classify import CLASSIFIER_VERSION, read_postings

    as_one = dbt.ref("int_postings__read_as_one")
    if not dbt.is_incremental:
        return read_postings(as_one)
    unread = session.sql(
        f"""
        from as_one
        where
            retrieved_at > (
                select coalesce(max(retrieved_at), '-infinity'::timestamptz) from {dbt.this}
            )
            or posting_id in (
                select posting_id
                from {dbt.this}
                where classifier_version <> '{CLASSIFIER_VERSION}'
            )
        """
    )
    return read_postings(unread)
