"""Known vulnerabilities in what is locked: ``make audit``, by pip-audit.

pip-audit says "no known vulnerabilities" of packages that its service has never heard of, and so
of everything where a mirror of PyPI has no advisories. So one package is asked for first, and where
no service knows it the audit is said to be not done, which is neither good nor bad.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from include.settings import PROJECT_ROOT

__all__ = ["IGNORED_FILE", "LOCK_FILE", "Audit", "audit", "ignored", "report"]

LOCK_FILE = PROJECT_ROOT / "constraints.txt"
IGNORED_FILE = PROJECT_ROOT / "audit-ignored.txt"
_SERVICES = ("pypi", "osv")
_SECONDS = 600
_PROBE = "requests"

Run = Callable[[Path, str], list[dict[str, Any]] | None]
"""Ask a service about a file of pins; the dependencies as pip-audit has them, None: no answer."""


@dataclass(frozen=True, slots=True)
class Audit:
    """What was found: by a service, or by none where none answers."""

    service: str | None
    audited: int = 0
    skipped: Sequence[str] = ()
    found: Sequence[str] = field(default_factory=list)


def ignored(file: Path = IGNORED_FILE) -> dict[str, str]:
    """Return the vulnerabilities that do not concern us, with the reason why; ``ID  reason``.

    Raises ValueError for a line without a reason.
    """
    entries = {}
    for line in file.read_text().splitlines():
        if line.strip() and not line.startswith("#"):
            identity, _, reason = line.strip().partition(" ")
            if not reason.strip():
                raise ValueError(f"{file.name}: {identity} is ignored without a reason")
            entries[identity] = reason.strip()
    return entries


def audit(lock: Path, known: Iterable[str], run: Run) -> Audit:
    """Ask the first service that answers about every pin of the lock file, but for those known."""
    with TemporaryDirectory() as folder:
        probe = Path(folder) / "probe.txt"
        probe.write_text(_line_of(lock, _PROBE))
        service = next((one for one in _SERVICES if _answers(run(probe, one))), None)
    dependencies = run(lock, service) if service else None
    if dependencies is None:
        return Audit(None)
    skipped = [entry["name"] for entry in dependencies if "skip_reason" in entry]
    return Audit(
        service=service,
        audited=len(dependencies) - len(skipped),
        skipped=skipped,
        found=[
            _told(entry, vulnerability)
            for entry in dependencies
            for vulnerability in entry.get("vulns", ())
            if not {vulnerability["id"], *vulnerability.get("aliases", ())} & set(known)
        ],
    )


def _line_of(lock: Path, name: str) -> str:
    return next(line for line in lock.read_text().splitlines() if line.startswith(f"{name}=="))


def _answers(dependencies: list[dict[str, Any]] | None) -> bool:
    return bool(dependencies) and all("skip_reason" not in entry for entry in dependencies or ())


def _told(entry: dict[str, Any], vulnerability: dict[str, Any]) -> str:
    fixes = ", ".join(vulnerability.get("fix_versions", ())) or "no release yet"
    return f"{entry['name']} {entry['version']}: {vulnerability['id']}, fixed in {fixes}"


def run_pip_audit(pins: Path, service: str) -> list[dict[str, Any]] | None:
    """Run pip-audit on pins that need no resolving; None when its service does not answer."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(pins), "--no-deps"]
    command += ["--disable-pip", "--vulnerability-service", service, "--format", "json"]
    command += ["--progress-spinner", "off"]
    try:
        # This interpreter, this project's files.
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS)  # noqa: S603
        return list(json.loads(done.stdout)["dependencies"])
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return None


def report(result: Audit, *, required: bool) -> int:
    """Print what was found; return the exit code.

    It is 1 where something is vulnerable, or was not audited although that is required.
    """
    if result.service is None:
        print(
            "DEPENDENCY AUDIT NOT DONE: neither PyPI nor OSV answers with advisories from here.\n"
            "Next step: run `make audit` where https://pypi.org/pypi/requests/json can be read."
        )
        return int(required)
    print(f"dependency audit by {result.service}: {result.audited} packages audited")
    if result.skipped:
        print(f"not known there, so not audited: {', '.join(result.skipped)}")
    for line in result.found:
        print(f"  VULNERABLE {line}")
    if result.found:
        print(f"Next step: raise the pins (make lock), or add the id to {IGNORED_FILE.name}.")
    return int(bool(result.found) or (required and bool(result.skipped)))


def main() -> int:
    """Audit the lock file; ``--required``: fail where that cannot be done."""
    known = ignored()
    return report(audit(LOCK_FILE, known, run_pip_audit), required="--required" in sys.argv)


if __name__ == "__main__":
    raise SystemExit(main())
