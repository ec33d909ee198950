"""One version number, include/__init__.py, wherever a release is named."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from include import __version__
from include.cli.main import main
from include.settings import PROJECT_ROOT
from include.web.openapi import openapi_document


def test_command_line_prints_the_version() -> None:
    assert CliRunner().invoke(main, ["--version"]).output == f"TechPulse, version {__version__}\n"


def test_openapi_document_carries_the_version() -> None:
    assert openapi_document([], "")["info"]["version"] == __version__


def test_newest_release_of_the_changelog_is_this_version() -> None:
    """An "Unreleased" may stand above it."""
    headings = re.findall(r"^## \[?([\w.]+)", (PROJECT_ROOT / "CHANGELOG.md").read_text(), re.M)
    assert [name for name in headings if name != "Unreleased"][:1] == [__version__]


@pytest.mark.parametrize(
    "path",
    [
        "deploy/Dockerfile",
        "deploy/compose/docker-compose.yaml",
        "deploy/helm/values.yaml",
        "docs/deployment.md",
    ],
)
def test_images_are_tagged_with_the_version(path: str) -> None:
    text = (PROJECT_ROOT / path).read_text()
    tags = re.findall(r"""(?:/|\s)techpulse:(\d\S*)|^\s+tag: "([^"]+)\"""", text, re.MULTILINE)
    assert {image or chart for image, chart in tags} == {__version__}
