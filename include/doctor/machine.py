"""Checks of the machine: paths, disks, versions, environment variables, imports."""

from __future__ import annotations

import os
import runpy
import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

import include
from include.doctor.finding import Finding, fail, ok, warn
from include.settings import PROJECT_ROOT, Settings, unknown_variables

__all__ = ["disks", "imports", "paths", "variables", "versions"]

MIN_FREE_BYTES = 2 * 1024**3
"""Minimum free space, besides the size of the warehouse, which backup and compaction copy."""

_PYTHONS = ((3, 11), (3, 13))
_STAND_IN = PROJECT_ROOT / "dags" / "include"  # raises the error that `include` is not on the path
_NETWORK_FILE_SYSTEMS = {"nfs", "nfs4", "cifs", "smb3", "fuse.sshfs"}


def paths(settings: Settings) -> Iterator[Finding]:
    """Check that the folders are writable, and that the warehouse is not on a network disk."""
    folders = {"data": settings.data_dir, "backups": settings.backups_dir}
    if not settings.warehouse_is_lake:
        folders["warehouse"] = Path(settings.warehouse_path).parent
    for name, folder in folders.items():
        yield _writable(name, folder)
    if not settings.warehouse_is_lake and (kind := _network(folders["warehouse"])):
        yield fail(
            "path warehouse",
            f"{folders['warehouse']} is on {kind}, where DuckDB's lock does not hold",
            "let TECHPULSE_WAREHOUSE_URI name a file on a local disk.",
        )


def _writable(name: str, folder: Path) -> Finding:
    check = f"path {name}"
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    try:
        with tempfile.TemporaryFile(dir=existing):
            pass
    except OSError as error:
        return fail(
            check,
            f"{existing} cannot be written: {error.strerror}",
            f"make it writable for Airflow's user ({os.geteuid()}), or set another folder.",
        )
    made = "is writable" if existing == folder else "will be created when needed"
    return ok(check, f"{folder} {made}")


def _network(folder: Path) -> str | None:
    """Return the type of a folder's file system if it is a network's; None without /proc."""
    mounts = Path("/proc/mounts")
    if not mounts.exists():
        return None
    found = ("", "")
    # The longest mount point wins; of equal ones the last, which is mounted over the others.
    for line in mounts.read_text(encoding="utf-8").splitlines():
        _, place, kind, *_ = line.split()
        if folder.absolute().is_relative_to(place) and len(place) >= len(found[0]):
            found = (place, kind)
    return found[1] if found[1] in _NETWORK_FILE_SYSTEMS else None


def variables(_: Settings) -> Iterator[Finding]:
    """Find ``TECHPULSE_*`` variables that no setting reads, such as a misspelled one."""
    unknown = unknown_variables(os.environ)
    for name, nearest in unknown.items():
        yield warn(
            "settings",
            f"{name} is set, but there is no such setting",
            f"did you mean {nearest}?" if nearest else "unset it; include/settings.py lists all.",
        )
    if not unknown:
        yield ok("settings", "every TECHPULSE_* variable is a setting")


def disks(settings: Settings) -> Iterator[Finding]:
    """Check that the disks have space for a backup and a compaction of the warehouse."""
    file = Path(settings.warehouse_path)
    size = file.stat().st_size if not settings.warehouse_is_lake and file.exists() else 0
    wanted = max(MIN_FREE_BYTES, size)
    for name, folder in (("data", settings.data_dir), ("backups", settings.backups_dir)):
        existing = next(path for path in (folder, *folder.parents) if path.exists())
        free = shutil.disk_usage(existing).free
        message = f"{free / 1e9:,.1f} GB free at {folder}"
        if free >= wanted:
            yield ok(f"disk {name}", message)
        else:
            yield warn(
                f"disk {name}",
                f"{message}; {wanted / 1e9:,.1f} GB are needed",
                "free space, lower TECHPULSE_STAGED_RETENTION_DAYS or TECHPULSE_BACKUPS_KEPT, or "
                "set TECHPULSE_BACKUP_DIR to another disk.",
            )


def versions(settings: Settings) -> Iterator[Finding]:
    """Check Python and the installed packages against requirements.txt."""
    running = sys.version_info[:2]
    message = f"Python {running[0]}.{running[1]}"
    if _PYTHONS[0] <= running <= _PYTHONS[1]:
        yield ok("python", message)
    else:
        yield fail("python", f"{message} is not supported", "use Python 3.11 to 3.13.")
    # Other packages in Airflow's environment are not ours to judge.
    wanted = [Requirement(line) for line in _lines(PROJECT_ROOT / "requirements.txt")]
    wrong = [problem for requirement in wanted if (problem := _problem(requirement))]
    if wrong:
        yield fail(
            "packages",
            "; ".join(wrong),
            "run pip install -r requirements.txt -c constraints.txt in Airflow's environment.",
        )
    else:
        yield ok("packages", f"all {len(wanted)} match requirements.txt")


def _lines(path: Path) -> Iterator[str]:
    for line in path.read_text(encoding="utf-8").splitlines():
        bare = line.split(" #")[0].strip()
        if bare and not bare.startswith(("#", "-")):
            yield bare


def _problem(requirement: Requirement) -> str | None:
    if requirement.marker and not requirement.marker.evaluate():
        return None
    try:
        version = metadata.version(requirement.name)
    except metadata.PackageNotFoundError:
        return f"{requirement.name} is not installed"
    if requirement.specifier.contains(version, prereleases=True):
        return None
    return f"{requirement.name} is {version}, not {requirement.specifier}"


def imports(settings: Settings) -> Iterator[Finding]:
    """Check that ``include`` is this project's and that the plugin can be imported."""
    home = Path(include.__file__ or "").parent
    others = [
        entry
        for entry in dict.fromkeys(str(Path(entry or ".").absolute()) for entry in sys.path)
        if (Path(entry) / "include" / "__init__.py").exists()
        and (Path(entry) / "include").resolve() not in (home.resolve(), _STAND_IN.resolve())
    ]
    if others:
        yield warn(
            "include",
            f"imported from {home}; sys.path has another one in {', '.join(others)}",
            "keep one checkout in PYTHONPATH, and none if a Git bundle brings its own.",
        )
    else:
        yield ok("include", f"imported from {home}")
    yield _plugin()


def _plugin() -> Finding:
    file = PROJECT_ROOT / "plugins" / "techpulse_plugin.py"
    try:
        runpy.run_path(str(file))
    except Exception as error:  # any error is the finding
        return fail(
            "plugin", f"{file} cannot be imported: {error}", "see `packages` and `include`."
        )
    return ok("plugin", f"{file} can be imported")
