"""Run commands as steps: one line of progress each, their output in a log file."""

from __future__ import annotations

import re
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from local.airflow_process import AirflowProcess

__all__ = ["StepFailedError", "Steps"]

_ERROR = re.compile(r"^(?:[\w.]+\.)?\w*(?:Error|Exception|ThreadNotPublished)\b.*", re.MULTILINE)


class StepFailedError(Exception):
    """A step failed; its text is the message for the user."""


class Steps:
    """Run commands in sequence; their output goes to ``log``."""

    def __init__(self, log: Path, environment: dict[str, str]) -> None:
        self.log = log
        self.environment = environment
        self.airflow_process = AirflowProcess(environment)
        self._count = 0
        log.parent.mkdir(parents=True, exist_ok=True)
        log.write_text("")

    def run(self, title: str, command: Sequence[str]) -> str:
        """Run a command and return its output.

        Raises StepFailedError with the last error in the output.
        """

        def call() -> tuple[int, str]:
            done = subprocess.run(  # noqa: S603 -- commands of our own
                list(command),
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                check=False,
            )
            return done.returncode, done.stdout

        return self._step(title, command, call)

    def airflow(self, title: str, *arguments: str) -> str:
        """Run an ``airflow`` command, all in one process; see :meth:`run`."""
        return self._step(
            title, ("airflow", *arguments), lambda: self.airflow_process.run(arguments)
        )

    def _step(self, title: str, words: Sequence[str], call: Callable[[], tuple[int, str]]) -> str:
        self._count += 1
        print(f"  {self._count:>2}  {title} ", end="", flush=True)
        started = time.monotonic()
        code, output = call()
        with self.log.open("a") as log:
            log.write(f"\n===== {title}: {' '.join(words)}\n{output}")
        # `airflow dags test` exits with 0 even if the run failed.
        if code or "DagRun failed" in output:
            print("failed", flush=True)
            raise StepFailedError(self._reason(title, output))
        print(f"({time.monotonic() - started:.0f} s)", flush=True)
        return output

    def _reason(self, title: str, output: str) -> str:
        errors = _ERROR.findall(output)
        reason = errors[-1] if errors else (output.strip().splitlines() or ["no output"])[-1]
        return f"{title} failed.\n\n  {reason}\n\nThe full log: {self.log}"
