"""Silver companies: the company of each posting (include/silver/companies).

Incremental: resolves changed postings, with all that evidence ties to them, since one posting can
tie together what others have kept apart; all postings after a change of the rules, of companies.csv
or of the columns.
"""


def model(dbt, session):
    """Return an Arrow table: one row a posting to be (re)written; without a company, deleted."""
    dbt.config(
        materialized="incremental",
        incremental_strategy="delete+insert",
        unique_key="posting_id",
        meta={"rebuild_on_column_change": True},
    )
    from include.silver.companies.table import read_companies

    known = None
    if dbt.is_incremental:
        known = session.sql(
            f"select posting_id, evidence_hash, ties, rules_version from {dbt.this}"
        )
    return read_companies(session, dbt.ref("int_postings__jobs"), dbt.ref("hn_items"), known)
