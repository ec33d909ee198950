"""``make audit``: pip-audit against a service on loopback that answers as OSV does."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from include.settings import PROJECT_ROOT
from tests.wire import Answer, answer, server

# https://google.github.io/osv.dev/post-v1-query/
VULNERABLE = answer(200, json.dumps({"vulns": [{"id": "PYSEC-1", "affected": []}]}).encode())
CLEAN = answer(200)


def audit(folder: Path, *answers: Answer, required: str = "") -> tuple[int, str]:
    """Return the exit code of ``make audit`` and what it printed; the first answer is the probe's.

    The environment is not installed again (``--old-file``).
    """
    lock = folder / "constraints.txt"
    lock.write_text("flask==3.1.2\ncolorama==0.4.6 ; sys_platform != 'plan9'\nclick==8.3.0\n")
    command = ["make", "--old-file", ".venv/.installed", "audit", f"LOCKED={lock}"]
    with server(*answers) as (url, _):
        done = subprocess.run(
            [*command, f"REQUIRED={required}"],
            cwd=PROJECT_ROOT,
            env={**os.environ, "PIP_AUDIT_VULNERABILITY_SERVICE": "osv", "PIP_AUDIT_OSV_URL": url},
            capture_output=True,
            text=True,
            check=False,
        )
    return done.returncode, done.stdout + done.stderr


def test_locked_packages_without_vulnerabilities_pass(tmp_path: Path) -> None:
    status, printed = audit(tmp_path, VULNERABLE, CLEAN)
    assert (status, "No known vulnerabilities found" in printed) == (0, True)


def test_vulnerable_package_is_named_and_fails(tmp_path: Path) -> None:
    status, printed = audit(tmp_path, VULNERABLE, CLEAN, VULNERABLE, CLEAN)
    assert (status, "PYSEC-1" in printed) == (2, True)


@pytest.mark.parametrize(
    ("silent", "required", "status"),
    [
        (CLEAN, "", 0),
        (answer(404), "1", 2),
        pytest.param(CLEAN, "1", 2, marks=pytest.mark.slow),
        pytest.param(answer(404), "", 0, marks=pytest.mark.slow),
    ],
)
def test_service_without_advisories_is_not_taken_for_good_news(
    tmp_path: Path, silent: Answer, required: str, status: int
) -> None:
    found, printed = audit(tmp_path, silent, required=required)
    assert found == status
    assert "DEPENDENCY AUDIT NOT DONE" in printed
    assert "No known" not in printed


def test_every_ignored_vulnerability_has_a_reason() -> None:
    lines = (PROJECT_ROOT / "audit-ignored.txt").read_text().splitlines()
    entries = [line for line in lines if line and not line.startswith("#")]
    assert [entry for entry in entries if not entry.partition(" ")[2].strip()] == []
