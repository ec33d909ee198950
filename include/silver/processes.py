"""Answer Arrow batches in several processes: Python reads on one core a process.

Each process is a command that reads an Arrow stream from its standard input and answers each batch
on its standard output. Commands, because a task's process may be a daemon, which multiprocessing
refuses children, and holds threads of DuckDB, which a fork would break.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from queue import SimpleQueue
from types import TracebackType
from typing import IO, cast

import pyarrow as pa

from include.errors import TransientError
from include.settings import PROJECT_ROOT

__all__ = ["answered", "cores", "serve"]

_WAITING = 2
"""Batches under way for each process: one that it reads, one that waits for it."""


def cores() -> int:
    """Return the number of cores that this process may use."""
    # macOS has no affinity.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def answered(
    module: str, batches: Iterable[pa.RecordBatch], *, processes: int
) -> Iterator[pa.RecordBatch]:
    """Yield the answer to each batch, in order; ``python -m module`` runs in each process.

    Raises TransientError if one of them ends early: it was killed, as for want of memory.
    """
    free: SimpleQueue[_Process] = SimpleQueue()
    waiting: deque[Future[pa.RecordBatch]] = deque()

    def answer(batch: pa.RecordBatch) -> pa.RecordBatch:
        process = free.get()
        try:
            return process.answer(batch)
        finally:
            free.put(process)

    with ExitStack() as stack:
        for _ in range(processes):
            free.put(stack.enter_context(_Process(module)))
        threads = stack.enter_context(ThreadPoolExecutor(processes))
        # Whoever stops early does not wait for batches that nobody reads.
        stack.callback(lambda: [future.cancel() for future in waiting])
        for batch in batches:
            waiting.append(threads.submit(answer, batch))
            if len(waiting) >= _WAITING * processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def serve(
    questions: IO[bytes], answers: IO[bytes], read: Callable[[pa.RecordBatch], pa.RecordBatch]
) -> None:
    """Answer each batch of a stream with ``read(batch)``, at once: what a process runs."""
    writer = None
    for batch in pa.ipc.open_stream(questions):
        found = read(batch)
        writer = writer or pa.ipc.new_stream(answers, found.schema)
        writer.write_batch(found)
        answers.flush()


class _Process:
    """A running command that answers one batch at a time."""

    def __init__(self, module: str) -> None:
        self._command = [sys.executable, "-m", module]
        self._questions: pa.RecordBatchStreamWriter | None = None
        self._answers: pa.RecordBatchStreamReader | None = None

    def __enter__(self) -> _Process:
        # Its errors go where this process's go: to the task's log.
        self._process = subprocess.Popen(  # noqa: S603 - its own module
            self._command, cwd=PROJECT_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        return self

    def answer(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        stdin = cast("IO[bytes]", self._process.stdin)
        try:
            self._questions = self._questions or pa.ipc.new_stream(stdin, batch.schema)
            self._questions.write_batch(batch)
            stdin.flush()
            self._answers = self._answers or pa.ipc.open_stream(self._process.stdout)
            return self._answers.read_next_batch()
        except (OSError, StopIteration, pa.ArrowInvalid) as error:
            raise TransientError(
                f"a process that reads postings ended: {error or 'no answer'}",
                record=" ".join(self._command),
                next_step="see its error above; with none it was killed, as for want of memory: "
                "lower TECHPULSE_READING_PROCESSES.",
            ) from error

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if error:
            self._process.kill()
        # At the end of its input it ends by itself.
        self._process.communicate()
