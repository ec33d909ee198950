"""Silver postings: each posting read by the one classifier, include/postings.

Incremental: what was loaded since the last run, what a source now reads another way, and, when the
rules or the taxonomy have changed, everything that an older version has read.
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
    scope = "if(source = 'hacker_news', month::varchar, source)"
    unread = session.sql(
        f"""
        -- by thread and by board: loads of one commit in the order of their times, others need not
        with read_until as (
            select {scope} as scope, max(retrieved_at) as retrieved_at from {dbt.this} group by all
        ),

        -- the keys first, each by narrow columns: what a day adds is little beside the texts
        unread as (
            select as_one.posting_id
            from as_one
            left join read_until on {scope} = read_until.scope
            where read_until.scope is null or as_one.retrieved_at > read_until.retrieved_at

            union

            select posting_id
            from {dbt.this}
            where classifier_version <> '{CLASSIFIER_VERSION}'

            union

            select as_one.posting_id
            from as_one
            inner join {dbt.this} as known on as_one.posting_id = known.posting_id
            where
                as_one.source <> 'hacker_news'
                and known.source <> 'hacker_news'
                and (
                    as_one.title is distinct from known.title
                    or as_one.description_raw is distinct from known.description_raw
                    or as_one.location is distinct from known.location
                    or as_one.date_posted is distinct from known.date_posted
                )
        )

        select as_one.*
        from as_one
        semi join unread on as_one.posting_id = unread.posting_id
        """
    )
    return read_postings(unread)
