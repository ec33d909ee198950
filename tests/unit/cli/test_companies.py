"""Looking up a company on the command line."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result

from include.cli.main import main
from include.settings import Settings
from include.warehouse.connection import open_warehouse

TABLES = """
    create schema gold;
    create schema silver;
    create table gold.fct_postings as select * from (values
        ('a1', 'Acme, Inc.', date '2020-01-01'), ('a2', 'Acme\x1b[2J', date '2020-02-01'),
        ('b1', 'Birch', date '2020-02-01')
    ) as postings (posting_id, company, month);
    create table silver.posting_companies as select * from (values
        ('a1', 'acme', 'domain', ['acme.test'], []), ('a2', 'acme', 'name', [], ['lever:acme']),
        ('b1', 'birch', 'name', [], [])
    ) as companies (posting_id, company_key, matched_by, domains, boards);
    create table gold.dim_companies as select * from (values
        ('acme', ['Acme, Inc.', 'Acme'], ['acme.test'], ['lever:acme'], date '2020-01-01'),
        ('birch', ['Birch'], [], [], date '2020-02-01')
    ) as companies (company_key, names, domains, boards, first_month);
"""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ("companies", *arguments))


@pytest.mark.parametrize("asked", ["ACME", "Acme, Inc.", "acme.test", "lever:acme"])
def test_a_company_is_found_by_name_domain_and_board(settings: Settings, asked: str) -> None:
    with open_warehouse(settings) as warehouse:
        warehouse.execute(TABLES)
    done = run("show", asked)
    assert done.exit_code == 0, done.output
    for shown in ("Acme, Inc.", "domain", "acme.test", "2020-01", "lever:acme", "\\x1b[2J"):
        assert shown in done.output
    assert "Birch" not in done.output


def test_an_unknown_company_and_an_empty_warehouse_are_said(settings: Settings) -> None:
    with open_warehouse(settings):
        pass
    assert "run the DAG analytics" in run("show", "Acme").output
    with open_warehouse(settings) as warehouse:
        warehouse.execute(TABLES)
    done = run("show", "Cedar")
    assert done.exit_code == 1
    assert "No posting names such a company" in done.output


def test_the_file_of_overrides_is_checked(settings: Settings) -> None:
    assert "0 overrides" in run("check").output
    settings.data_dir.mkdir()
    settings.companies_path.write_text("company,name,link\nAcme,Birch,\n")
    assert "1 overrides" in run("check").output
    settings.companies_path.write_text("company,name,link\n,Birch,\n")
    assert "line 2" in run("check").output
