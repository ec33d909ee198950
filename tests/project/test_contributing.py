"""What a contributor looks for is there, and names what exists."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from include.settings import PROJECT_ROOT

_PAGES = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CODE_OF_CONDUCT.md")
_TARGETS = set(re.findall(r"^([a-z-]+):.*##", (PROJECT_ROOT / "Makefile").read_text(), re.M))


def load(path: str) -> dict[str, Any]:
    return dict(yaml.safe_load((PROJECT_ROOT / path).read_text()))


@pytest.mark.parametrize(
    "page", [*_PAGES, *(f"docs/{p.name}" for p in PROJECT_ROOT.glob("docs/*.md"))]
)
def test_every_link_of_a_page_leads_somewhere(page: str) -> None:
    file = PROJECT_ROOT / page
    links = re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", file.read_text())
    local = [link for link in links if not re.match(r"[a-z]+:", link)]
    assert [link for link in local if not (file.parent / link).exists()] == []


def test_workflow_calls_targets_that_exist() -> None:
    jobs = load(".github/workflows/ci.yml")["jobs"]
    commands = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    called = {word for text in commands for word in re.findall(r"^make ([a-z-]+)", text, re.M)}
    called |= set(jobs["nightly"]["strategy"]["matrix"]["target"])
    assert called == {"lint", "audit", "test", "chaos", "cluster-test"}
    assert called <= _TARGETS


def test_workflow_tests_every_supported_python() -> None:
    matrix = load(".github/workflows/ci.yml")["jobs"]["test"]["strategy"]["matrix"]["python"]
    assert matrix == ["3.11", "3.12", "3.13"]


@pytest.mark.parametrize("form", ["bug", "wrong-reading", "new-source"])
def test_issue_forms_have_what_a_forge_asks_for(form: str) -> None:
    """As https://docs.github.com/communities/using-templates-to-encourage-useful-issues has it."""
    content = load(f".github/ISSUE_TEMPLATE/{form}.yml")
    assert {"name", "description", "body"} <= set(content)
    ids = [field["id"] for field in content["body"]]
    assert len(ids) == len(set(ids))
    for field in content["body"]:
        assert field["type"] in {"input", "textarea", "dropdown", "markdown"}
        assert field["attributes"]["label"]


def test_hooks_run_what_is_there() -> None:
    (repository,) = load(".pre-commit-config.yaml")["repos"]
    assert repository["repo"] == "local"  # nothing is downloaded
    for hook in repository["hooks"]:
        named = re.findall(r"(?:tests|dbt)/[\w/.]+\.\w+", hook["entry"])
        assert [path for path in named if not (PROJECT_ROOT / path).exists()] == []


def test_licence_is_said_where_it_is_looked_for() -> None:
    text = (PROJECT_ROOT / "LICENSE").read_text()
    assert "Apache License" in text
    assert "Version 2.0, January 2004" in text
    assert "(LICENSE)" in (PROJECT_ROOT / "README.md").read_text()
    assert "(CONTRIBUTING.md)" in (PROJECT_ROOT / "README.md").read_text()


def test_no_page_names_a_file_that_is_gone() -> None:
    """Of the pages that a contributor reads first; docs/ is checked by its links."""
    for page in _PAGES:
        text = (PROJECT_ROOT / page).read_text()
        named = re.findall(r"`((?:include|dbt|tests|docs|local|deploy)/[\w/.-]+\.\w+)`", text)
        assert [path for path in named if not Path(PROJECT_ROOT / path).exists()] == [], page
