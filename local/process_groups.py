"""Start background processes in sessions of their own, and stop whole sessions.

A signal to Airflow's standalone command does not reach its children, and Airflow puts each task in
its own process group: only the session is common to all.

After a crash or a reboot the system reuses process ids. So a session is recorded with its leader's
id and start time, and only processes that match both are stopped.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from include.settings import PROJECT_ROOT

__all__ = ["end", "kill", "launch", "running"]

_PATIENCE_SECONDS = 20
_SAME_START_SECONDS = 0.5
"""Start times closer than this are one: the system counts them in hundredths of a second."""


@dataclass(frozen=True, slots=True)
class _Session:
    """A recorded session: its leader's id, start time and working directory."""

    leader: int
    started: float
    folder: str

    def has(self, process: psutil.Process) -> bool:
        """Return whether the process is in this session, not in a later one with the same id."""
        if _session_id(process.pid) != self.leader:
            return False
        try:
            return self._began_with(psutil.Process(self.leader))
        except psutil.NoSuchProcess:  # killed: its orphans are younger and in its directory
            return self._has_orphan(process)

    def _began_with(self, leader: psutil.Process) -> bool:
        return abs(_started(leader) - self.started) < _SAME_START_SECONDS

    def _has_orphan(self, process: psutil.Process) -> bool:
        try:
            is_younger = _started(process) > self.started - _SAME_START_SECONDS
            return is_younger and process.cwd() == self.folder
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            return False


def launch(
    command: Sequence[str],
    log: Path,
    pids: Path,
    environment: Mapping[str, str] | None = None,
    folder: Path = PROJECT_ROOT,
) -> subprocess.Popen[bytes]:
    """Start a command in a new session and record the session in the file ``pids``."""
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
    started = _started(psutil.Process(process.pid))
    session = _Session(process.pid, started, str(folder.resolve()))
    with pids.open("a") as file:
        file.write(json.dumps(asdict(session)) + "\n")
    return process


def running(pids: Path) -> list[psutil.Process]:
    """Return all processes of the recorded sessions."""
    sessions = _noted(pids)
    return [process for process in _others() if any(one.has(process) for one in sessions)]


def kill(leader: int) -> int:
    """Kill (SIGKILL) every process of one session; return their number."""
    found = [process for process in _others() if _session_id(process.pid) == leader]
    for process in found:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(found, timeout=_PATIENCE_SECONDS)
    return len(found)


def end(pids: Path, patience_seconds: float = _PATIENCE_SECONDS) -> bool:
    """Stop all processes of the sessions: SIGTERM, then SIGKILL. Return whether there were any."""
    found = running(pids)
    for process in found:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    psutil.wait_procs(found, timeout=patience_seconds)
    # Until none is left: the processes may have started others meanwhile.
    while remaining := running(pids):
        for process in remaining:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(remaining, timeout=_PATIENCE_SECONDS)
    pids.unlink(missing_ok=True)
    return bool(found)


def _noted(pids: Path) -> list[_Session]:
    """Return the sessions in the file; ignore malformed lines."""
    if not pids.exists():
        return []
    sessions = []
    for line in pids.read_text().splitlines():
        with suppress(ValueError, TypeError):
            sessions.append(_Session(**json.loads(line)))
    return sessions


def _started(process: psutil.Process) -> float:
    """Return a process's start in seconds since boot, which setting the clock does not change."""
    return process.create_time() - psutil.boot_time()


def _others() -> Iterator[psutil.Process]:
    return (process for process in psutil.process_iter() if process.pid != os.getpid())


def _session_id(pid: int) -> int | None:
    try:
        return os.getsid(pid)
    except (ProcessLookupError, PermissionError):  # ended meanwhile, or another user's
        return None
