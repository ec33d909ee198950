"""What a contributor looks for is there, and names what exists."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from include.settings import PROJECT_ROOT, Settings

_PAGES = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CODE_OF_CONDUCT.md")
_DOCS = sorted(f"docs/{page.name}" for page in PROJECT_ROOT.glob("docs/*.md"))
_WEB = sorted(
    str(page.relative_to(PROJECT_ROOT))
    for pattern in ("templates/*.html", "static/js/*.js")
    for page in (PROJECT_ROOT / "include/web").glob(pattern)
)
_README_LINES = 75
_EXAMPLES = {"include/sources/boards/example_jobs.py"}  # a board that the guide has one write
_TARGETS = set(re.findall(r"^([a-z-]+):.*##", (PROJECT_ROOT / "Makefile").read_text(), re.M))


def load(path: str) -> dict[str, Any]:
    return dict(yaml.safe_load((PROJECT_ROOT / path).read_text()))


@pytest.mark.parametrize("page", [*_PAGES, *_DOCS])
def test_every_link_of_a_page_leads_somewhere(page: str) -> None:
    file = PROJECT_ROOT / page
    links = re.findall(r"""(?:\]\(|src="|srcset=")([^)"]+)""", file.read_text())
    local = [link.partition("#") for link in links if not re.match(r"[a-z]+:", link)]
    for path, _, anchor in local:
        target = file.parent / path if path else file
        assert target.exists(), path
        if anchor:
            assert anchor in anchors(target.read_text()), f"{path}#{anchor}"


def anchors(text: str) -> set[str]:
    """Return the anchors that GitHub gives the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_readme_is_one_screen_and_shows_what_the_demo_prints() -> None:
    lines = (PROJECT_ROOT / "README.md").read_text().splitlines()
    assert len(lines) <= _README_LINES
    assert {"make demo", "make test"} <= {line.split("  ")[0] for line in lines}


def test_index_of_the_docs_names_every_page_once() -> None:
    index = (PROJECT_ROOT / "docs/README.md").read_text()
    groups = re.findall(r"^## (.+)$", index, re.MULTILINE)
    assert groups == ["Use it", "Run it", "Change it"]
    listed = re.findall(r"^\| \[[^\]]+\]\(([^)]+)\)", index, re.MULTILINE)
    pages = [path.removeprefix("docs/") for path in _DOCS if path != "docs/README.md"]
    assert sorted(listed) == pages


_WORDS = re.compile(
    r"\b(?:anew|mend(?:s|ed|ing)?|told|aside(?! from)|(?:given?|gives|gave) way|way of the data"
    r"|rooms?|house)\b",
    re.IGNORECASE,
)
"""Words of a translation; say again, fixed, reported, temporary, replaced, data flow, package."""


@pytest.mark.parametrize("page", [*_PAGES, *_DOCS, *_WEB])
def test_pages_use_the_fields_own_words(page: str) -> None:
    lines = (PROJECT_ROOT / page).read_text().splitlines()
    assert [(n, line) for n, line in enumerate(lines, 1) if _WORDS.search(line)] == []


_IN_CODE = re.compile(
    r"\b(?:anew|mend(?:s|ed|ing)?|told|(?<!set )aside|(?:given?|gives|gave) way)\b", re.I
)


@pytest.mark.parametrize("folder", ["dags", "dbt", "include", "local", "plugins"])
def test_code_uses_the_fields_own_words(folder: str) -> None:
    found = [
        f"{file.relative_to(PROJECT_ROOT)}:{number}: {line.strip()}"
        for file in (PROJECT_ROOT / folder).rglob("*")
        if file.suffix in (".py", ".sql", ".yml") and "target" not in file.parts
        for number, line in enumerate(file.read_text().splitlines(), 1)
        if _IN_CODE.search(line)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the table is built anew", True),
        ("the others are told which one does", True),
        ("written aside and renamed", True),
        ("Aside from that, recommended: a warehouse, amended", False),
    ],
)
def test_rule_of_words_finds_words_not_parts_of_them(text: str, found: bool) -> None:
    assert bool(_WORDS.search(text)) is found


def test_workflow_calls_targets_that_exist() -> None:
    jobs = load(".github/workflows/ci.yml")["jobs"]
    commands = [step["run"] for job in jobs.values() for step in job["steps"] if "run" in step]
    called = {word for text in commands for word in re.findall(r"^make ([a-z-]+)", text, re.M)}
    called |= set(jobs["nightly"]["strategy"]["matrix"]["target"])
    assert called == {"lint", "audit", "test", "slow-test", "chaos", "cluster-test"}
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


@pytest.mark.parametrize("page", [*_PAGES, *_DOCS])
def test_no_page_names_a_file_that_is_gone(page: str) -> None:
    folders = "bench|dags|dbt|deploy|docs|include|local|plugins|sample|tests"
    text = re.sub(r"https?://\S+", "", (PROJECT_ROOT / page).read_text())
    named = set(re.findall(rf"\b((?:{folders})/[\w/.-]+\.\w+)", text)) - _EXAMPLES
    assert [path for path in sorted(named) if not (PROJECT_ROOT / path).exists()] == []


@pytest.mark.parametrize("page", [*_PAGES, *_DOCS])
def test_no_page_names_a_setting_that_is_gone(page: str) -> None:
    named = re.findall(r"(?<!_)\bTECHPULSE_([A-Z0-9_]+)", (PROJECT_ROOT / page).read_text())
    known = {name.upper() for name in Settings.model_fields} | {"DBT_WAREHOUSE"}  # dbt's own
    assert sorted(set(named) - known) == []
