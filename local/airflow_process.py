"""Many ``airflow`` commands in one process: to import Airflow takes longer than most of them."""

from __future__ import annotations

import atexit
import gc
import json
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence

__all__ = ["AirflowProcess", "serve"]

_END = "\0"
"""Begins the line after a command's output; its exit code follows."""
_END_SECONDS = 10.0


class AirflowProcess:
    """A process that runs one command after the other: from the first one to this process's end."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment
        self.command = (sys.executable, "-m", "local.airflow_process")
        self._process: subprocess.Popen[str] | None = None

    def run(self, arguments: Sequence[str]) -> tuple[int, str]:
        """Return the exit code and the output, errors included, of ``airflow <arguments>``."""
        process = self._running()
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(list(arguments)) + "\n")
        process.stdin.flush()
        lines: list[str] = []
        for line in process.stdout:
            if line.startswith(_END):
                return int(line[1:]), "".join(lines)
            lines.append(line)
        self._process = None
        return process.wait() or 1, "".join(lines)  # it died with the command

    def _running(self) -> subprocess.Popen[str]:
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603 -- a command of our own
                self.command,
                env=self.environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            )
            atexit.register(_end, self._process)
        return self._process


def _end(process: subprocess.Popen[str]) -> None:
    """Close its input, after which it ends; kill it if it does not."""
    assert process.stdin
    process.stdin.close()
    try:
        process.wait(_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def serve(lines: Iterable[str], command: Callable[[Sequence[str]], None]) -> None:
    """Run a command for each line, a JSON list of its arguments; print its end to stdout."""
    for line in lines:
        code = _exit_code(command, json.loads(line))
        sys.stderr.flush()
        print(f"\n{_END}{code}", flush=True)


def _exit_code(command: Callable[[Sequence[str]], None], arguments: Sequence[str]) -> int:
    try:
        command(arguments)
    except SystemExit as end:
        if isinstance(end.code, str):
            print(end.code)
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except Exception:  # as Python ends a process of its own: the traceback, and 1
        traceback.print_exc()
        return 1
    return 0


def _airflow(arguments: Sequence[str]) -> None:
    from airflow.__main__ import main

    if "analytics" in arguments:
        import dbt.task.build  # noqa: F401 -- as its first task would
    # Cosmos collects garbage after each dbt model. What is loaded by now is none, and to look
    # through it takes longer than to build the model.
    gc.freeze()
    sys.argv = ["airflow", *arguments]
    main()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    serve(sys.stdin, _airflow)
