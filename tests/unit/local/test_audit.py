from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from local.audit import IGNORED_FILE, Audit, audit, ignored, report

CLEAN = {"name": "requests", "version": "2.0", "vulns": []}
UNKNOWN = {"name": "hidden", "skip_reason": "Dependency not found on PyPI"}
BAD = {
    "name": "flask",
    "version": "1.0",
    "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-2020-1"], "fix_versions": ["1.1"]}],
}


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    file = tmp_path / "constraints.txt"
    file.write_text("flask==1.0\nhidden==3\nrequests==2.0\n")
    return file


class Services:
    """What each service answers to the probe and to the whole."""

    def __init__(self, **answers: list[dict[str, Any]] | None) -> None:
        self.answers = answers
        self.asked: list[tuple[str, str]] = []

    def __call__(self, pins: Path, service: str) -> list[dict[str, Any]] | None:
        self.asked.append((service, pins.name))
        if pins.name == "probe.txt":
            assert pins.read_text() == "requests==2.0"
            return self.answers[service] and self.answers[service][-1:]
        return self.answers[service]


def test_what_is_vulnerable_is_named_and_fails(
    lock: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = audit(lock, (), Services(pypi=[BAD, UNKNOWN, CLEAN]))
    assert result == Audit("pypi", 2, ["hidden"], ["flask 1.0: PYSEC-1, fixed in 1.1"])
    assert report(result, required=False) == 1
    told = capsys.readouterr().out
    assert "VULNERABLE flask 1.0: PYSEC-1, fixed in 1.1" in told
    assert "not audited: hidden" in told


@pytest.mark.parametrize("known", ["PYSEC-1", "CVE-2020-1"])
def test_what_is_ignored_by_either_name_passes(lock: Path, known: str) -> None:
    result = audit(lock, (known,), Services(pypi=[BAD, CLEAN]))
    assert result.found == []
    assert report(result, required=False) == 0


@pytest.mark.parametrize("silent", [None, [UNKNOWN]])
def test_a_service_that_knows_nothing_is_not_taken_for_good_news(
    lock: Path, silent: list[dict[str, Any]] | None, capsys: pytest.CaptureFixture[str]
) -> None:
    services = Services(pypi=silent, osv=None)
    result = audit(lock, (), services)
    assert result == Audit(None)
    assert services.asked == [("pypi", "probe.txt"), ("osv", "probe.txt")]  # one package a service
    assert report(result, required=False) == 0
    assert "DEPENDENCY AUDIT NOT DONE" in capsys.readouterr().out
    assert report(result, required=True) == 1


def test_the_second_service_is_asked_where_the_first_is_silent(lock: Path) -> None:
    assert audit(lock, (), Services(pypi=None, osv=[BAD, CLEAN])).service == "osv"


def test_what_was_left_out_fails_where_all_is_required(lock: Path) -> None:
    assert report(audit(lock, (), Services(pypi=[UNKNOWN, CLEAN])), required=True) == 1


def test_everything_ignored_has_a_reason(tmp_path: Path) -> None:
    assert all(ignored(IGNORED_FILE).values())
    file = tmp_path / "ignored.txt"
    file.write_text("# a comment\nPYSEC-1  it is in a part that we do not import\n")
    assert ignored(file) == {"PYSEC-1": "it is in a part that we do not import"}
    file.write_text("PYSEC-1\n")
    with pytest.raises(ValueError, match="without a reason"):
        ignored(file)
