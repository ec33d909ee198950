"""The tools over real stdio, driven by the package's own client."""

from __future__ import annotations

import asyncio
import sys
from datetime import date
from typing import Any

import duckdb
import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from include.insights.store import ServingStore
from include.serving.publish import publish
from include.settings import PROJECT_ROOT
from include.web.api import endpoints
from sample.gold.postings import GoldSize, fill_gold

NAMES = [endpoint.path.rpartition("/")[2] for endpoint in endpoints({"default": 1e6})]
ABSENT = "0" * 32
FAILING = {
    "bad argument": ("insights", {"roles": "wizard"}),
    "unknown argument": ("volume", {"colour": "red"}),
    "unknown technology": ("trends", {"tech_ids": "nosuch"}),
    "unknown posting": ("explain", {"id": ABSENT}),
    "unknown tool": ("delete", {}),
}


def published(url: str, postings: int) -> None:
    with duckdb.connect() as warehouse:
        size = GoldSize(postings, date(2024, 1, 1), date(2025, 6, 1), companies=20, technologies=40)
        fill_gold(warehouse, size)
        publish(warehouse, url)


def arguments(url: str) -> dict[str, str]:
    """Return values for the arguments that some tool requires."""
    store = ServingStore(url)
    with store.read() as snapshot:
        newest = next(iter(snapshot.index.newest(snapshot.index.all)))[1]
        company = snapshot.index.companies.all[0].key
        skills = ",".join(snapshot.names)
    store.close()
    return {"id": newest, "company": company, "skills": skills[:100].rpartition(",")[0]}


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What one session answers: the list, each tool, each error, and a tool after a publish."""
    folder = tmp_path_factory.mktemp("mcp")
    url = f"sqlite:///{folder / 'serving.sqlite'}"
    published(url, 150)
    errors = folder / "stderr"

    async def drive() -> dict[str, Any]:
        with errors.open("w") as log:
            command = StdioServerParameters(
                command="/bin/sh",  # which says how the server has ended
                args=["-c", f"{sys.executable} -m include.cli mcp; echo ended by $? >&2"],
                cwd=PROJECT_ROOT,
                env={"TECHPULSE_SERVING_URL": url, "TECHPULSE_DATA_DIR": str(folder)},
            )
            async with Client(stdio_client(command, errlog=log)) as client:
                found: dict[str, Any] = {"tools": (await client.list_tools()).tools}
                found["instructions"] = client.instructions
                known = arguments(url)
                for tool in found["tools"]:
                    given = {one: known[one] for one in tool.input_schema["required"]}
                    # The client compares each answer with the tool's output schema.
                    found[tool.name] = await client.call_tool(tool.name, given)
                for why, (name, wrong) in FAILING.items():
                    found[why] = await client.call_tool(name, wrong)
                published(url, 160)
                found["after"] = await client.call_tool("summary", {})
        return found

    with pytest.MonkeyPatch.context() as patched:
        # Else the client kills a server that takes longer on a busy machine.
        patched.setattr("mcp.client.stdio.PROCESS_TERMINATION_TIMEOUT", 60.0)
        found = asyncio.run(asyncio.wait_for(drive(), 120))
    return {**found, "stderr": errors.read_text()}


def test_every_question_is_a_read_only_tool(session: dict[str, Any]) -> None:
    assert [tool.name for tool in session["tools"]] == NAMES
    for tool in session["tools"]:
        assert tool.annotations.read_only_hint is True
        assert tool.annotations.destructive_hint is False
        assert "third parties" in tool.description
        assert tool.output_schema["type"] == "object"
        assert "limit" in tool.input_schema["properties"]
    assert "95 % interval" in session["instructions"]


@pytest.mark.parametrize("name", NAMES)
def test_each_tool_answers(session: dict[str, Any], name: str) -> None:
    result = session[name]
    assert not result.is_error, result.content
    assert result.structured_content["as_of"].startswith("2025-06")
    assert "third parties" in result.structured_content["caution"]


def test_figures_come_with_interval_and_n(session: dict[str, Any]) -> None:
    answer = session["insights"].structured_content["answer"]
    assert answer["counted"]["postings"] > 0
    skill = answer["skills"][0]
    assert skill["low"] <= skill["share"] <= skill["high"]


@pytest.mark.parametrize(
    ("why", "words"),
    [
        ("bad argument", "roles: String should match"),
        ("unknown argument", "colour: Extra inputs"),
        ("unknown technology", "the tool technologies"),
        ("unknown posting", "the tool postings"),
        ("unknown tool", "Next step: use one of insights, "),
    ],
)
def test_error_says_what_to_do_next(session: dict[str, Any], why: str, words: str) -> None:
    result = session[why]
    assert result.is_error
    assert words in result.content[0].text


def test_answers_follow_a_publish(session: dict[str, Any]) -> None:
    before, after = (
        session[name].structured_content["answer"]["content_version"]
        for name in ("summary", "after")
    )
    assert before != after


def test_nothing_is_logged_and_the_end_is_clean(session: dict[str, Any]) -> None:
    # Anything else than the protocol on stdout would have failed the client.
    assert session["stderr"] == "ended by 0\n"
