"""The operator's file of corrections."""

from __future__ import annotations

from pathlib import Path

import pytest

from include.errors import ConfigurationError
from include.silver.companies.overrides import NO_OVERRIDES, read_overrides


def written(folder: Path, *lines: str) -> Path:
    path = folder / "companies.csv"
    path.write_text("\n".join(("company,name,link", *lines)), encoding="utf-8")
    return path


def test_without_a_file_there_are_none(tmp_path):
    assert read_overrides(tmp_path / "companies.csv") is NO_OVERRIDES


def test_the_most_specific_line_counts(tmp_path):
    found = read_overrides(
        written(tmp_path, 'Acme,"Acme Ovens, Inc.",', "", "Oslo Birch,Birch,www.Birch.test",
                "Cedar,,birch.test", "Elm,,lever:elm")
    )  # fmt: skip
    assert found.company("acmeovens", ["other.test"]) == "acme"
    assert found.company("birch", ["birch.test"]) == "oslobirch"
    assert found.company("atlas", ["lever:elm", "birch.test"]) == "cedar"
    assert found.company("birch", []) is None


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("Acme,Birch", "line 2: 2 columns, not 3"),
        (",Birch,", "line 2: the company is empty"),
        ("Acme,,", "line 2: a line needs a name or a link"),
        ("Acme,???,", "line 2: '\\?\\?\\?' has no letter"),
        ("Acme,,https://acme.test/jobs", "line 2: 'https://acme.test/jobs' is neither a domain"),
        ("Acme,,nosystem:acme", "line 2: 'nosystem:acme' is neither"),
        ("Acme,Birch,\nElm,birch,", "line 3: an earlier line gives it another company"),
    ],
)
def test_a_wrong_line_is_named(tmp_path, line, message):
    with pytest.raises(ConfigurationError, match=message):
        read_overrides(written(tmp_path, line))


def test_a_line_separator_within_a_name_ends_no_line(tmp_path):
    with pytest.raises(ConfigurationError, match="line 3: the company is empty"):
        read_overrides(written(tmp_path, "Acme,Acme\u2028Labs,\n,x,"))


def test_a_file_with_other_columns_or_bytes_is_refused(tmp_path):
    path = tmp_path / "companies.csv"
    path.write_text("name,company\n")
    with pytest.raises(ConfigurationError, match="line 1: the columns must be company,name,link"):
        read_overrides(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_overrides(path)
