"""The export of a built warehouse: exact, described, whole, and the same for the same data."""

from __future__ import annotations

import csv
import datetime as dt
import gzip
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
from click.testing import CliRunner
from jsonschema import Draft7Validator

from include.cli.main import main
from include.errors import ConfigurationError, ExportError, ReconciliationError
from include.maintenance.export import rows as rows_module
from include.maintenance.export.create import check_export, create_export
from include.maintenance.export.models import plan
from include.maintenance.export.tables import export_contract
from include.maintenance.export.tables import tables as tables_of
from include.maintenance.export.targets import LATEST
from include.maintenance.move import move_warehouse
from include.settings import PROJECT_ROOT, Settings, get_settings
from include.sources.registry import source_names, terms_of
from include.warehouse.connection import open_warehouse

from .conftest import NOW, Built

KEPT = {"arbeitnow", "hacker_news"}
FORBIDDEN = ("himalayas", "remotive", "theirstack")


@pytest.fixture(scope="module")
def whole(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An export of all sources."""
    folder: Path = tmp_path_factory.mktemp("whole")
    create_export(built.settings, str(folder), NOW, FORBIDDEN)
    return folder


def opened(folder: Path) -> duckdb.DuckDBPyConnection:
    """The export's views, as its own script makes them."""
    connection = duckdb.connect()
    connection.execute("set file_search_path = ?", [str(folder / LATEST)])
    connection.execute((folder / LATEST / "views.sql").read_text())
    return connection


@pytest.fixture(scope="module")
def tables(export: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with opened(export) as connection:
        yield connection


def contents(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def test_sources_whose_terms_forbid_it_are_left_out_of_every_table(export, tables, built):
    manifest = json.loads((export / "manifest.json").read_text())
    assert set(manifest["sources"]) == KEPT
    assert set(manifest["left_out"]) == set(FORBIDDEN)
    for table in ("fct_postings", "fct_jobs"):
        sources = tables.sql(f"select distinct source from {table}").fetchall()
        assert {source for (source,) in sources} == KEPT
    with open_warehouse(built.settings, read_only=True) as warehouse:
        query = "select posting_id, source from gold.fct_postings"
        gone = {posting for posting, source in warehouse.execute(query).fetchall()
                if source not in KEPT}  # fmt: skip
    for path in (export / LATEST / "csv").iterdir():
        text = gzip.decompress(path.read_bytes()).decode()
        assert "remotive" not in text.lower(), path.name
        assert not any(posting in text for posting in gone), path.name


def test_a_job_of_which_the_counted_posting_is_left_out_counts_by_another(
    built, tmp_path, monkeypatch
):
    monkeypatch.setattr(rows_module, "_may_leave", lambda source, _: source != "arbeitnow")
    with open_warehouse(built.settings, read_only=True) as warehouse:
        # Jobs of Arbeitnow that one other posting repeats.
        alone = warehouse.execute(
            "select any_value(posting_id) from gold.fct_postings where duplicate_of in (select "
            "posting_id from gold.fct_postings where source = 'arbeitnow') "
            "group by duplicate_of having count(*) = 1 and any_value(source) <> 'arbeitnow'"
        ).fetchall()
    assert len(alone) > 5
    with rows_module.rows_of(built.settings, tmp_path, tables_of(export_contract()), ()) as rows:
        counting = "select posting_id from export.fct_postings where duplicate_of is null"
        assert set(alone) <= set(rows.connection.execute(counting).fetchall())


def test_counts_without_a_source_are_recounted_from_the_facts(tables):
    companies = tables.sql("select sum(postings_count) from dim_companies").fetchall()
    named = tables.sql("select count(company_key) from fct_postings").fetchall()
    assert companies == named
    pair = tables.sql("select skill_a, skill_b, postings_count, share from skill_pairs").fetchall()
    jobs = "select count(*) from fct_postings where duplicate_of is null"
    total = tables.sql(jobs).fetchall()[0][0]
    assert len(pair) > 5
    for a, b, count, share in pair:
        both = tables.execute(
            "select count(*) from fct_postings as p where duplicate_of is null and 2 = (select "
            "count(*) from fct_posting_skills as s where s.posting_id = p.posting_id "
            "and skill in (?, ?))", [a, b],
        ).fetchall()[0][0]  # fmt: skip
        assert (count, share) == (both, both / total)


def test_with_every_source_each_table_is_the_warehouses(whole, built):
    package = json.loads((whole / LATEST / "datapackage.json").read_text())
    fields = {r["title"]: [f["name"] for f in r["schema"]["fields"]] for r in package["resources"]}
    with open_warehouse(built.settings, read_only=True) as warehouse:
        warehouse.execute("set file_search_path = ?", [str(whole / LATEST)])
        for line in (whole / LATEST / "views.sql").read_text().splitlines()[1:]:
            warehouse.execute(line.replace("create or replace view", "create temp view"))
        for name, columns in fields.items():
            gold = f"gold.{name}"
            own = [row[0] for row in warehouse.execute(f"describe {gold}").fetchall()]
            shared = ", ".join(column for column in columns if column in own)
            one, other = f"select {shared} from {gold}", f"select {shared} from temp.{name}"
            differing = f"({one} except all {other}) union all ({other} except all {one})"
            assert warehouse.execute(differing).fetchall() == [], name


def test_no_text_of_a_posting_is_in_any_column(export, tables):
    package = json.loads((export / LATEST / "datapackage.json").read_text())
    columns = {(r["title"], f["name"]) for r in package["resources"]
               for f in r["schema"]["fields"] if f["type"] in ("string", "array")}  # fmt: skip
    assert ("fct_postings", "title") in columns
    assert not {name for _, name in columns} & {"description_raw", "raw_json", "author", "by"}
    for table, name in sorted(columns):
        markup = f"select count(*) from {table} where contains({name}::varchar, '<p>')"
        assert tables.sql(markup).fetchall() == [(0,)], (table, name)
        longest = tables.sql(f"select max(len({name}::varchar)) from {table}").fetchall()[0][0]
        assert (longest or 0) < 600, (table, name)


@pytest.mark.parametrize(
    ("text", "is_kept"),
    [
        ("Baker, ann.lee@acme.example", False),
        ("Baker (ann [at] acme [dot] example)", False),
        ("Baker, write to ann@ac", False),
        ("Baker, call +49 30 1234567", False),
        ("Baker, call (555) 010-4477", False),
        ("Baker, call 555-010-4478", False),
        ("Baker @ Acme, 40000-50000 EUR, https://acme.example/j/4202642002", True),
    ],
)
def test_texts_with_a_way_to_reach_a_person_are_redacted(text: str, is_kept: bool) -> None:
    with duckdb.connect() as connection:
        connection.execute("create schema gold; create table gold.dim_companies "
                           "as select 'k' as company_key, ['Acme'] as names")  # fmt: skip
        rows_module._find_contacts(connection)
        shown = text if is_kept else "[contact]"
        assert connection.execute("select redacted(?)", [text]).fetchall() == [(shown,)]


def test_the_same_data_give_the_same_bytes(export, built, tmp_path):
    manifest, changed = create_export(built.settings, str(tmp_path), NOW)
    assert changed
    assert contents(tmp_path) == contents(export)
    written = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.parquet")}
    again, changed = create_export(built.settings, str(tmp_path), NOW)
    assert (again, changed) == (manifest, False)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.parquet")} == written


def copied(export: Path, to: Path) -> Path:
    shutil.copytree(export, to, symlinks=True)
    return to


def test_a_new_export_replaces_the_one_before_as_a_whole(export, built, tmp_path):
    to = copied(export, tmp_path / "to")
    old = (to / LATEST).readlink()
    manifest, changed = create_export(built.settings, str(to), NOW, ["remotive"])
    assert changed
    assert {path.name for path in to.iterdir()} == {manifest["export"], LATEST, "manifest.json"}
    assert (to / LATEST).readlink() == Path(manifest["export"]) != old
    assert check_export(str(to))["sources"]["remotive"] > 0


def test_a_killed_export_leaves_the_old_one(export, built, tmp_path):
    """Killed when its files are there and its manifest is not; the leftovers go a day later."""
    to = copied(export, tmp_path / "to")
    (to / f".unfinished-{'a' * 32}" / "csv").mkdir(parents=True)  # one killed earlier
    code = (
        "import os, signal, datetime as dt\nfrom pathlib import Path\n"
        "from include.settings import Settings\n"
        "from include.maintenance.export.create import create_export\n"
        "from include.maintenance.export import targets\n"
        "targets.as_json = lambda _: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"settings = Settings(data_dir=Path({str(built.settings.data_dir)!r}))\n"
        f"create_export(settings, {str(to)!r}, dt.datetime.now(dt.UTC), ['remotive'])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=PROJECT_ROOT, check=False)
    assert done.returncode == -9
    assert len(list(to.iterdir())) == 5
    before = check_export(str(to))
    assert (to / LATEST).readlink() == Path(before["export"])
    a_day_later = dt.datetime.now(dt.UTC) + dt.timedelta(hours=25)
    manifest, _ = create_export(built.settings, str(to), a_day_later, ["himalayas"])
    assert {path.name for path in to.iterdir()} == {manifest["export"], LATEST, "manifest.json"}


def damage_bytes(export: Path) -> None:
    (export / "csv" / "fct_jobs.csv.gz").write_bytes(b"x")


def lose_a_file(export: Path) -> None:
    next((export / "parquet" / "fct_postings").rglob("*.parquet")).unlink()


def add_a_file(export: Path) -> None:
    (export / "parquet" / "fct_postings" / "more.parquet").write_bytes(b"x")


def change_a_count(export: Path) -> None:
    path = export.parent / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["tables"]["fct_jobs"]["left_out"]["remotive"] += 1
    path.write_text(json.dumps(manifest))


def lose_the_manifest(export: Path) -> None:
    (export.parent / "manifest.json").unlink()


@pytest.mark.parametrize(
    "damage", [damage_bytes, lose_a_file, add_a_file, change_a_count, lose_the_manifest]
)
def test_check_finds_damage(damage, export, tmp_path):
    copied(export, tmp_path / "to")
    check_export(str(tmp_path / "to"))
    damage((tmp_path / "to" / LATEST).resolve())
    with pytest.raises(ExportError, match="Next step"):
        check_export(str(tmp_path / "to"))


def test_a_damaged_export_is_made_again(export, built, tmp_path):
    copied(export, tmp_path / "to")
    damage_bytes((tmp_path / "to" / LATEST).resolve())
    _, changed = create_export(built.settings, str(tmp_path / "to"), NOW)
    assert changed
    check_export(str(tmp_path / "to"))


def test_a_folder_with_another_manifest_is_refused(built, tmp_path):
    (tmp_path / "manifest.json").write_text('{"name": "web app"}')
    with pytest.raises(ExportError, match="not the manifest of an export"):
        create_export(built.settings, str(tmp_path), NOW)
    assert [path.name for path in tmp_path.iterdir()] == ["manifest.json"]


def test_rows_that_do_not_add_up_are_no_export(built, tmp_path, monkeypatch):
    genuine = rows_module._finish

    def lose(connection: Any, table: Any) -> None:
        genuine(connection, table)
        if table.name == "fct_jobs":
            connection.execute("delete from export.fct_jobs where position = 1")

    monkeypatch.setattr(rows_module, "_finish", lose)
    with pytest.raises(ReconciliationError, match="fct_jobs"):
        create_export(built.settings, str(tmp_path), NOW)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("is_made", [False, True])
def test_a_warehouse_without_gold_is_refused(is_made, settings, tmp_path):
    if is_made:
        with open_warehouse(settings):
            pass
    with pytest.raises(ConfigurationError, match="run the DAG analytics"):
        create_export(settings, str(tmp_path / "to"), NOW)
    assert list((tmp_path / "to").iterdir()) == []


def test_unknown_source_is_refused(built, tmp_path):
    with pytest.raises(ConfigurationError, match="monster"):
        create_export(built.settings, str(tmp_path), NOW, ["monster"])


def test_a_writer_can_commit_while_the_files_are_written(built, tmp_path, monkeypatch):
    """The lock is let go before the first file: another process opens the warehouse to write."""
    from include.maintenance.export import create

    genuine, code = (
        create.write_table,
        ("import duckdb, sys\nwith duckdb.connect(sys.argv[1]) as c: c.execute('begin; rollback')"),
    )
    tries: list[int] = []

    def watched(*arguments: Any) -> Any:
        if not tries:
            command = [sys.executable, "-c", code, built.settings.warehouse_path]
            tries.append(subprocess.run(command, check=False).returncode)
        return genuine(*arguments)

    monkeypatch.setattr(create, "write_table", watched)
    create_export(built.settings, str(tmp_path), NOW)
    assert tries == [0]


def test_keys_are_unique_and_every_reference_has_its_row(export, tables):
    package = json.loads((export / LATEST / "datapackage.json").read_text())
    checked = 0
    for resource in package["resources"]:
        if resource["format"] == "csv":
            continue
        name, schema = resource["title"], resource["schema"]
        key = ", ".join(schema["primaryKey"])
        many = f"select {key} from {name} group by all having count(*) > 1"
        assert tables.sql(many).fetchall() == [], name
        for foreign in schema.get("foreignKeys", []):
            (column,), reference = foreign["fields"], foreign["reference"]
            other = reference["resource"].removesuffix("-parquet") or name
            (field,) = reference["fields"]
            lost = (
                f"from {name} as rows anti join {other} as named "
                f"on rows.{column} = named.{field} where {column} is not null"
            )
            assert tables.sql(lost).fetchall() == [], (name, column)
            checked += 1
    assert checked > 12


def test_the_package_is_a_data_package_and_names_each_source_with_its_terms(export):
    from importlib.resources import files

    package = json.loads((export / LATEST / "datapackage.json").read_text())
    profile = json.loads(files("dplib").joinpath("profiles/2.0/datapackage.json").read_text())
    assert list(Draft7Validator(profile).iter_errors(package)) == []
    named = {source["title"]: source for source in package["sources"]}
    assert set(named) == {"Arbeitnow", "Hacker News", "GeoNames"}
    assert named["Arbeitnow"]["terms"]["text"] == str(terms_of("arbeitnow"))
    assert str(terms_of("remotive")) in package["description"]
    for resource in package["resources"]:
        for field in resource["schema"]["fields"]:
            assert field["description"], (resource["name"], field["name"])


def test_csv_and_parquet_have_the_same_rows(export, tables):
    package = json.loads((export / LATEST / "datapackage.json").read_text())
    for resource in package["resources"]:
        if resource["format"] != "csv":
            continue
        name, fields = resource["title"], resource["schema"]["fields"]
        with gzip.open(export / LATEST / resource["path"], "rt", newline="") as file:
            header, *lines = csv.reader(file)
        assert header == [field["name"] for field in fields]
        assert len(lines) == tables.sql(f"select count(*) from {name}").fetchall()[0][0]
    jobs = export / LATEST / "csv" / "fct_jobs.csv.gz"
    with gzip.open(jobs, "rt", newline="") as file:
        read = [(row["posting_id"], json.loads(row["roles"])) for row in csv.DictReader(file)]
    stored = "select posting_id, roles from fct_jobs order by month, posting_id, position"
    assert read == tables.sql(stored).fetchall()


def test_command_line_exports_and_checks(built, tmp_path, monkeypatch):
    monkeypatch.setenv("TECHPULSE_DATA_DIR", str(built.settings.data_dir))
    get_settings.cache_clear()
    to = str(tmp_path / "to")
    done = CliRunner().invoke(main, ["export", "--to", to, "--include-source", "himalayas"])
    assert done.exit_code == 0, done.output
    assert done.output.startswith("Exported: ")
    # The terms are quoted, and how to have it for one's own use is said.
    assert "postings of Remotive" in done.output
    assert "Please do not submit Remotive jobs" in done.output
    assert "--include-source remotive" in done.output
    assert "Himalayas" not in done.output
    done = CliRunner().invoke(main, ["export", "--check", to])
    assert done.output.startswith("Valid: ")
    done = CliRunner().invoke(main, ["export", "--check", str(tmp_path)])
    assert done.exit_code == 1
    assert "There is no export" in done.output
    assert CliRunner().invoke(main, ["export"]).exit_code == 2


def test_every_source_of_unknown_terms_is_left_out():
    assert {name for name in source_names() if not terms_of(name).may_be_passed_on} >= {*FORBIDDEN}
    assert not terms_of("a board of one's own").may_be_passed_on


def test_the_plan_makes_what_counts_several_sources_and_copies_the_rest():
    copied, made = ({model.name for model in part} for part in (plan().copied, plan().made))
    assert {"monthly_trends", "monthly_market", "monthly_salaries", "postings"} <= copied
    assert {"fct_postings", "posting_duplicates", "skill_pairs", "dim_companies"} <= made
    order = [model.name for model in plan().made]
    for model in plan().made:
        assert all(order.index(p) < order.index(model.name) for p in model.parents if p in made)


@pytest.mark.slow
def test_a_lake_gives_the_same_export(built, export, postgres_server, tmp_path, monkeypatch):
    monkeypatch.setenv("PGPASSWORD", postgres_server.password)
    lake = Settings(
        data_dir=tmp_path / "data",
        warehouse_uri=postgres_server.lake_uri(postgres_server.database("lake")),
        warehouse_data_path=str(tmp_path / "lake"),
    )
    move_warehouse(built.settings, lake)
    create_export(lake, str(tmp_path / "to"), NOW)
    assert contents(tmp_path / "to") == contents(export)
