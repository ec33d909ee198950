"""Steps in processes of their own, and their sudden end."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import re
import signal
import sys
import time
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from include.settings import get_settings

from .steps import Step, run_step

__all__ = ["Child", "Failpoint", "run"]

_PATIENCE_SECONDS = 100


@dataclass(frozen=True)
class Failpoint:
    """Where a process kills itself: before or after the n-th call of a function.

    ``owner`` is ``module:Class`` or ``module``. Where ``words`` are given, only calls count one of
    whose arguments is text that matches this pattern. It lives here alone: the product has none.
    """

    owner: str
    function: str
    number: int = 1
    when: str = "before"
    words: str = ""

    def arm(self) -> None:
        """Put the trap into this process."""
        module, _, inner = self.owner.partition(":")
        names = inner.split(".") if inner else []
        owner = reduce(getattr, names, importlib.import_module(module))
        setattr(owner, self.function, self._trap(getattr(owner, self.function)))

    def _trap(self, original: Callable[..., Any]) -> Callable[..., Any]:
        calls = [0]

        def trapped(*args: Any, **kwargs: Any) -> Any:
            if not self._counts(args):
                return original(*args, **kwargs)
            calls[0] += 1
            is_it = calls[0] == self.number
            if is_it and self.when == "before":
                os.kill(os.getpid(), signal.SIGKILL)
            result = original(*args, **kwargs)
            if is_it:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return trapped

    def _counts(self, args: tuple[Any, ...]) -> bool:
        texts = (text for text in args if isinstance(text, str))
        return not self.words or any(re.search(self.words, text, re.IGNORECASE) for text in texts)


class Child:
    """A step in a forked process, the leader of its own session; its words go to a file."""

    def __init__(
        self,
        step: Step,
        environment: Mapping[str, str],
        log: Path,
        failpoint: Failpoint | None = None,
    ) -> None:
        self.step, self.log = step, log
        self._started = time.monotonic()
        self._process = multiprocessing.get_context("fork").Process(
            target=_work, args=(step, dict(environment), log, failpoint)
        )
        self._process.start()

    @property
    def seconds(self) -> float:
        """How long it has been running."""
        return time.monotonic() - self._started

    def signal_after(self, seconds: float, number: int = signal.SIGKILL) -> bool:
        """Send the signal to all of its processes after so long; return whether it still ran."""
        self._process.join(max(0.0, seconds - self.seconds))
        if not self._process.is_alive():
            return False
        pid = self._process.pid
        assert pid
        if os.getpgid(pid) == pid:
            os.killpg(pid, number)
        else:  # killed before it has got a session of its own
            os.kill(pid, number)
        return True

    def end(self) -> int:
        """Wait for its end and return its exit code, minus the signal's number for a signal."""
        self._process.join(_PATIENCE_SECONDS)
        if self._process.is_alive():
            self.signal_after(0)
            self._process.join()
            pytest.fail(f"{self.step} did not end:\n{self.words}")
        return int(self._process.exitcode or 0)

    @property
    def words(self) -> str:
        """The end of what it has said."""
        return self.log.read_text(errors="replace")[-4_000:] if self.log.exists() else ""


def run(step: Step, environment: Mapping[str, str], log: Path) -> float:
    """Run a step undisturbed to its good end; return the seconds it took."""
    child = Child(step, environment, log)
    assert child.end() == 0, f"{step}:\n{child.words}"
    return child.seconds


def _work(step: Step, environment: dict[str, str], log: Path, failpoint: Failpoint | None) -> None:
    os.setsid()
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    sys.stdout, sys.stderr = os.fdopen(1, "w"), os.fdopen(2, "w")
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.environ.update(environment)
    get_settings.cache_clear()
    code = 1
    try:
        if failpoint:
            failpoint.arm()
        run_step(step)
        code = 0
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # nothing of the parent's is to be tidied up here
