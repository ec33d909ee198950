"""Silver companies: the company of each posting (include/silver/companies).

Whole in every build: one posting can tie together what others have kept apart.
"""


def model(dbt, session):
    """Return an Arrow table: one row a posting that names its company."""
    dbt.config(materialized="table")
    from include.silver.companies.table import read_companies

    return read_companies(dbt.ref("int_postings__jobs"), dbt.ref("hn_items"))
