"""Background processes, each the leader of a session, and their end as a whole.

A signal to Airflow's standalone command leaves its children, and Airflow puts each task in a
process group of its own: the session is what they all share.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

from include.settings import PROJECT_ROOT

__all__ = ["end", "kill", "launch", "running"]

_PATIENCE_SECONDS = 20


def launch(
    command: Sequence[str],
    log: Path,
    leaders: Path,
    environment: Mapping[str, str] | None = None,
    folder: Path = PROJECT_ROOT,
) -> subprocess.Popen[bytes]:
    """Start a command in a session of its own and note its leader in the file ``leaders``."""
    with log.open("ab") as output:
        process = subprocess.Popen(  # noqa: S603 -- a command of our own
            list(command),
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    with leaders.open("a") as file:
        file.write(f"{process.pid}\n")
    return process


def running(leaders: Path) -> list[psutil.Process]:
    """Return all processes of the sessions that are noted."""
    if not leaders.exists():
        return []
    sessions = {int(line) for line in leaders.read_text().split()}
    return [process for process in _others() if _session(process.pid) in sessions]


def kill(leader: int) -> int:
    """Kill (SIGKILL) every process of one session at once; return how many they were."""
    found = [process for process in _others() if _session(process.pid) == leader]
    for process in found:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(found, timeout=_PATIENCE_SECONDS)
    return len(found)


def _others() -> Iterator[psutil.Process]:
    return (process for process in psutil.process_iter() if process.pid != os.getpid())


def _session(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except (ProcessLookupError, PermissionError):  # gone meanwhile, or somebody else's
        return None


def end(leaders: Path, patience_seconds: float = _PATIENCE_SECONDS) -> bool:
    """End all processes of the sessions: SIGTERM, then SIGKILL. Return whether there were any."""
    found = running(leaders)
    for process in found:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    psutil.wait_procs(found, timeout=patience_seconds)
    # What was started meanwhile is ended as well.
    while left := running(leaders):
        for process in left:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(left, timeout=_PATIENCE_SECONDS)
    leaders.unlink(missing_ok=True)
    return bool(found)
