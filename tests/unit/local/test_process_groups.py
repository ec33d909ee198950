from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from local import process_groups as sessions

# As Airflow does: a child in a process group of its own, that does not care for SIGTERM.
TREE = """
import os, signal, subprocess, sys, time
child = "import os, signal, time; os.setpgid(0, 0); signal.signal(signal.SIGTERM, signal.SIG_IGN);"
child += "print('ready', flush=True); time.sleep(60)"
subprocess.Popen([sys.executable, "-c", child], stdout=1)
time.sleep(60)
"""


@pytest.fixture
def pids(tmp_path: Path) -> Path:
    return tmp_path / "sessions"


def wait_for(text: str, log: Path) -> None:
    deadline = time.monotonic() + 20
    while text not in log.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_end_reaches_children_in_groups_of_their_own(tmp_path: Path, pids: Path) -> None:
    log = tmp_path / "log"
    leader = sessions.launch([sys.executable, "-c", TREE], log, pids)
    wait_for("ready", log)
    processes = sessions.running(pids)
    assert len(processes) == 2
    assert sessions.end(pids, patience_seconds=0.3) is True
    leader.wait(5)
    assert [p for p in processes if p.is_running() and p.status() != psutil.STATUS_ZOMBIE] == []
    assert sessions.running(pids) == []


def test_nothing_to_end_is_said(pids: Path) -> None:
    assert sessions.end(pids) is False


def test_old_note_of_a_session_that_is_gone_is_no_session(pids: Path) -> None:
    pids.write_text(note(4194303, 1.0))
    assert sessions.running(pids) == []


def note(leader: int, started: float, folder: Path | None = None) -> str:
    where = str((folder or Path.cwd()).resolve())
    return json.dumps({"leader": leader, "started": started, "folder": where}) + "\n"


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    """A process of somebody else's, which leads a session, as a shell does."""
    process = subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True
    )
    yield process
    process.kill()
    process.communicate()


@pytest.mark.parametrize("seconds", [-86_400.0, -1.0, 1.0, 86_400.0])
def test_stranger_that_has_the_id_of_an_ended_session_lives_on(
    pids: Path, stranger: subprocess.Popen[bytes], seconds: float
) -> None:
    began = psutil.Process(stranger.pid).create_time() - psutil.boot_time()
    pids.write_text(note(stranger.pid, began + seconds))
    assert sessions.end(pids, patience_seconds=0.1) is False
    assert stranger.poll() is None


@pytest.mark.parametrize("line", ["{pid}", '{{"leader": {pid}}}', "[{pid}]", "null", ""])
def test_note_without_a_start_time_ends_nothing(
    pids: Path, stranger: subprocess.Popen[bytes], line: str
) -> None:
    pids.write_text(line.format(pid=stranger.pid) + "\n")
    assert sessions.end(pids, patience_seconds=0.1) is False
    assert stranger.poll() is None


def test_orphans_of_a_killed_leader_are_ended_and_none_but_its_own(
    tmp_path: Path, pids: Path
) -> None:
    log = tmp_path / "log"
    leader = sessions.launch([sys.executable, "-c", TREE], log, pids)
    wait_for("ready", log)
    leader.kill()
    leader.wait(5)
    (orphan,) = sessions.running(pids)
    written = pids.read_text()
    # a later session under the same id, or one that works elsewhere, is somebody else's
    session = json.loads(written)
    pids.write_text(note(leader.pid, session["started"] + 3_600))
    assert sessions.running(pids) == []
    pids.write_text(note(leader.pid, session["started"], tmp_path))
    assert sessions.running(pids) == []
    pids.write_text(written)
    assert sessions.end(pids, patience_seconds=0.3) is True
    assert not psutil.pid_exists(orphan.pid) or orphan.status() == psutil.STATUS_ZOMBIE


def test_start_time_does_not_move_with_the_clock(
    tmp_path: Path, pids: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sleeper = [sys.executable, "-c", "import time; time.sleep(60)"]
    leader = sessions.launch(sleeper, tmp_path / "log", pids)
    created, booted = psutil.Process.create_time, psutil.boot_time
    monkeypatch.setattr(psutil.Process, "create_time", lambda self: created(self) + 7_200)
    monkeypatch.setattr(psutil, "boot_time", lambda: booted() + 7_200)
    assert [process.pid for process in sessions.running(pids)] == [leader.pid]
    assert sessions.end(pids) is True
    leader.wait(5)
