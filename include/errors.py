"""The exception tree.

    TechPulseError
    ├── TransientError               may pass by itself: Airflow retries the task
    │   ├── SourceUnavailableError   no answer, or 429 / 5xx after all attempts
    │   ├── WarehouseLockedError     another process is writing the warehouse
    │   ├── DiskFullError            no space left on a disk
    │   ├── StoreUnavailableError    a database or object store does not answer
    │   └── DeliveryError            a notifier could not send a message
    └── TerminalError                a retry cannot help: the task fails at once
        ├── ConfigurationError       a setting, parameter or connection is wrong
        ├── SourceRejectedError      the source refused the request (401, 402, 403, 404, 422)
        ├── MalformedAnswerError     the response does not match what the source's API promises
        ├── ThreadNotFoundError      no thread for a month that should have one
        ├── StagedFileError          a staged file is missing or damaged
        ├── WarehouseCopyError       a copy of the warehouse differs from its source
        ├── BackupError              a backup is damaged, or the folder holds no backup
        ├── ExportError              an export is damaged, or the folder holds no export
        ├── ReconciliationError      a load's counts do not add up, or too many records are bad
        └── ServingError             the serving store is missing, outdated or inconsistent

Every error says what failed, on which record, and what to do next.
"""

from __future__ import annotations

from typing import Any

__all__ = [
    "BackupError",
    "ConfigurationError",
    "DeliveryError",
    "DiskFullError",
    "ExportError",
    "MalformedAnswerError",
    "ReconciliationError",
    "ServingError",
    "SourceRejectedError",
    "SourceUnavailableError",
    "StagedFileError",
    "StoreUnavailableError",
    "TechPulseError",
    "TerminalError",
    "ThreadNotFoundError",
    "TransientError",
    "WarehouseCopyError",
    "WarehouseLockedError",
]


class TechPulseError(Exception):
    """Base of all errors raised by TechPulse.

    ``record`` names the item id, URL or file that failed; ``next_step`` says what the operator can
    do. Both are part of the message.
    """

    def __init__(self, message: str, *, record: object = None, next_step: str = "") -> None:
        self.message = message
        self.record = record
        self.next_step = next_step
        super().__init__(str(self))

    def __reduce__(self) -> tuple[Any, ...]:
        # Airflow pickles errors between its processes. The default would call the constructor with
        # ``args`` alone, and ours need keyword arguments.
        return _restore, (type(self), self.args, self.__dict__)

    def __str__(self) -> str:
        record = "" if self.record is None else f" [{self.record}]"
        next_step = f" Next step: {self.next_step}" if self.next_step else ""
        return f"{self.message}{record}{next_step}"


def _restore(kind: type[TechPulseError], args: tuple[Any, ...], state: dict[str, Any]) -> Any:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class TransientError(TechPulseError):
    """May resolve itself: retry."""


class TerminalError(TechPulseError):
    """Fails again until a person acts: do not retry."""


class SourceUnavailableError(TransientError):
    """The source gave no usable answer after all attempts."""


class WarehouseLockedError(TransientError):
    """Another process holds the warehouse file's write lock."""


class StoreUnavailableError(TransientError):
    """A database or an object store that holds TechPulse's data does not answer."""


class DeliveryError(TransientError):
    """A notifier could not send a message; it is sent again with the same id."""


class DiskFullError(TransientError):
    """No space left on a disk; the failed write left nothing behind."""


class ConfigurationError(TerminalError):
    """A setting, a parameter or a connection is missing or wrong."""


class SourceRejectedError(TerminalError):
    """The source refused the request; ``status`` is its HTTP status."""

    def __init__(
        self, message: str, *, status: int, record: object = None, next_step: str = ""
    ) -> None:
        self.status = status
        super().__init__(message, record=record, next_step=next_step)


class MalformedAnswerError(TerminalError):
    """The source's response does not match what its API promises."""


class ThreadNotFoundError(TerminalError):
    """No "Who is hiring?" thread was found for a month that should have one."""


class StagedFileError(TerminalError):
    """A staged file is missing, truncated, or differs from its manifest."""


class WarehouseCopyError(TerminalError):
    """A copy of the warehouse, such as a backup, differs from its source."""


class BackupError(TerminalError):
    """A backup differs from its manifest, or the folder holds no backup."""


class ExportError(TerminalError):
    """An export differs from its manifest, or the folder or prefix holds no export."""


class ReconciliationError(TerminalError):
    """A load's counts do not add up, or more records are bad than the settings allow."""


class ServingError(TerminalError):
    """The serving store is missing, outdated or inconsistent."""
