from __future__ import annotations

import sys
import time
from pathlib import Path

import psutil
import pytest

from local import sessions

# As Airflow does: a child in a process group of its own, that does not care for SIGTERM.
TREE = """
import os, signal, subprocess, sys, time
child = "import os, signal, time; os.setpgid(0, 0); signal.signal(signal.SIGTERM, signal.SIG_IGN);"
child += "print('ready', flush=True); time.sleep(60)"
subprocess.Popen([sys.executable, "-c", child], stdout=1)
time.sleep(60)
"""


@pytest.fixture
def leaders(tmp_path: Path) -> Path:
    return tmp_path / "sessions"


def wait_for(text: str, log: Path) -> None:
    deadline = time.monotonic() + 20
    while text not in log.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_end_reaches_children_in_groups_of_their_own(tmp_path: Path, leaders: Path) -> None:
    log = tmp_path / "log"
    leader = sessions.launch([sys.executable, "-c", TREE], log, leaders)
    wait_for("ready", log)
    processes = sessions.running(leaders)
    assert len(processes) == 2
    assert sessions.end(leaders, patience_seconds=0.3) is True
    leader.wait(5)
    assert [p for p in processes if p.is_running() and p.status() != psutil.STATUS_ZOMBIE] == []
    assert sessions.running(leaders) == []


def test_nothing_to_end_is_said(leaders: Path) -> None:
    assert sessions.end(leaders) is False


def test_old_note_of_a_session_that_is_gone_is_no_session(leaders: Path) -> None:
    leaders.write_text("4194303\n")
    assert sessions.running(leaders) == []
