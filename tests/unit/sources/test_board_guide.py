"""docs/adding-a-source.md, followed literally: its one file makes a source."""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from include.pipeline import job_boards
from include.settings import PROJECT_ROOT
from include.silver.board_postings import read_records
from include.sources import boards, registry
from include.warehouse.connection import open_warehouse

NOW = dt.datetime(2026, 10, 31, 12, tzinfo=dt.UTC)
RECORDS = [
    {"id": n, "url": f"https://jobs.example/{n}?utm_source=api", "title": "Backend Engineer",
     "employer": f"Acme {n}", "html": "<p>We use Python and Kafka.</p>", "city": "Berlin",
     "posted": "2026-10-30", "remote": n % 2 == 0, "salary": "$80k - $100k"}
    for n in range(5)
]  # fmt: skip


class Api(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        page = int(parse_qs(urlsplit(self.path).query)["page"][0])
        jobs = RECORDS[2 * page - 2 : 2 * page]
        body = json.dumps({"jobs": jobs, "has_more": page < 3}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def example_jobs(tmp_path, monkeypatch, settings):
    guide = (PROJECT_ROOT / "docs" / "adding-a-source.md").read_text()
    (source,) = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    folder = tmp_path / "boards"
    folder.mkdir()
    (folder / "example_jobs.py").write_text(source)
    monkeypatch.setattr(boards, "__path__", [*boards.__path__, str(folder)])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    connection = {"conn_type": "http", "host": f"http://127.0.0.1:{server.server_port}"}
    monkeypatch.setenv("AIRFLOW_CONN_EXAMPLE_JOBS_DEFAULT", json.dumps(connection))
    yield "example_jobs"
    server.shutdown()
    server.server_close()
    thread.join()
    sys.modules.pop("include.sources.boards.example_jobs", None)


def test_the_guides_file_is_all_that_a_new_board_needs(example_jobs, settings):
    assert example_jobs in boards.board_names()
    assert registry.attribution_of(example_jobs).name == "Example Jobs"
    params = {"location": "Anywhere", "role": "any", "level": "any", "days": 30,
              "max_results": 100, "sources": [example_jobs], "dry_run": False}  # fmt: skip
    plan = job_boards.plan_source(example_jobs, params, "run", NOW)
    reports = [job_boards.fetch_chunk(plan, chunk, params, "run") for chunk in plan["chunks"]]
    summary = job_boards.load_source(plan, reports, params, "run", NOW)
    assert (summary["served"], summary["inserted"]) == (5, 5)
    with open_warehouse(settings) as warehouse:
        raw = warehouse.sql("select *, payload::varchar as payload from bronze.raw_job_postings")
        columns = "posting_id, source, payload, payload_hash, 'code' as code_version, ingested_at"
        silver = read_records(raw.select(columns))
        rows = silver.read_all().to_pylist()
    addresses = {f"https://jobs.example/{n}" for n in range(5)}
    assert {row["canonical_url"] for row in rows} == addresses
    assert {row["url"] for row in rows} == {f"{url}?utm_source=api" for url in addresses}
    first = next(row for row in rows if row["source_key"] == "0")
    assert (first["country"], first["remote"], first["salary_max"]) == ("DE", "remote", 100_000.0)
    assert (settings.state_dir / "example_jobs.json").exists()  # its calls are counted
