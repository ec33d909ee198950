"""``python -m include.cli companies``: what was joined to a company, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from rich.table import Table
from rich.text import Text

from include.errors import ConfigurationError
from include.terminal import console, printable

if TYPE_CHECKING:
    import duckdb

__all__ = ["companies"]

_FOUND = """
    select company_key, domains, boards
    from gold.dim_companies
    where
        split_part(company_key, '~', 1) = $key
        or list_contains(list_transform(names, lambda name: lower(name)), $asked)
        or list_contains(domains, $asked)
        or list_contains(boards, $asked)
    order by first_month, company_key
"""
_JOINED = """
    select
        postings.company,
        companies.matched_by,
        count(*) as postings_count,
        min(postings.month) as first_month,
        max(postings.month) as last_month,
        list_sort(list_distinct(flatten(list(companies.domains || companies.boards)))) as links
    from gold.fct_postings as postings
    inner join silver.posting_companies as companies
        on postings.posting_id = companies.posting_id
    where companies.company_key = $key
    group by all
    order by postings_count desc, postings.company, companies.matched_by
"""


@click.group()
def companies() -> None:
    """Show which postings are of one company, and check the file that corrects them."""


@companies.command()
@click.argument("name")
def show(name: str) -> None:
    """Print the companies of a name, domain or board (lever:acme): what was joined, and why."""
    import duckdb

    from include.silver.companies.names import read_name
    from include.warehouse.connection import open_warehouse

    asked = {"asked": name.lower().strip(), "key": getattr(read_name(name), "key", "")}
    try:
        with open_warehouse(read_only=True) as connection:
            found = _rows(connection, _FOUND, asked)
            tables = [_table(connection, company) for company in found]
    except duckdb.CatalogException as error:
        raise ConfigurationError(
            "The warehouse has no companies yet.", next_step="run the DAG analytics."
        ) from error
    if not tables:
        raise ConfigurationError("No posting names such a company.", record=printable(name))
    for table in tables:
        console(160).print(table)


@companies.command()
def check() -> None:
    """Check the file of overrides, TECHPULSE_COMPANIES_FILE, without building anything."""
    from include.settings import get_settings
    from include.silver.companies.overrides import read_overrides

    path = get_settings().companies_path
    click.echo(f"{len(read_overrides(path).keys)} overrides in {path}")


def _rows(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: dict[str, Any]
) -> list[dict[str, Any]]:
    result = connection.execute(sql, parameters)
    names = [column[0] for column in result.description]
    return [dict(zip(names, row, strict=True)) for row in result.fetchall()]


def _table(connection: duckdb.DuckDBPyConnection, company: dict[str, Any]) -> Table:
    table = Table(
        "name as written", "joined by", "first", "last", "links", title=Text(company["company_key"])
    )
    table.add_column("postings", justify="right")
    for row in _rows(connection, _JOINED, {"key": company["company_key"]}):
        cells = (
            row["company"], row["matched_by"], f"{row['first_month']:%Y-%m}",
            f"{row['last_month']:%Y-%m}", ", ".join(row["links"]), f"{row['postings_count']:,}",
        )  # fmt: skip
        table.add_row(*(Text(printable(cell)) for cell in cells))
    return table
