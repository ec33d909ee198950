"""The exception tree.

    TechPulseError
    ├── TransientError               may pass by itself: Airflow retries the task
    │   ├── SourceUnavailableError   no answer, or 429 / 5xx after all tries
    │   ├── WarehouseLockedError     another process is writing the warehouse
    │   ├── DiskFullError            a disk has no room for what is to be written
    │   └── StoreUnavailableError    a database or object store does not answer
    └── TerminalError                the same again until somebody acts: the task fails at once
        ├── ConfigurationError       a setting, parameter or connection is wrong
        ├── SourceRejectedError      the source refused the request (401, 402, 403, 404, 422)
        ├── MalformedAnswerError     the source answered, but not with what its API promises
        ├── ThreadNotFoundError      no thread for a month that should have one
        ├── StagedFileError          a staged file is missing or damaged
        ├── WarehouseCopyError       a copy of the warehouse is not what it was copied from
        ├── BackupError              a backup is damaged, or is none
        ├── ReconciliationError      a load's counts do not add up, or too much of it is bad
        └── ServingError             the serving store cannot be written or read as it should

Every error says what failed, on which record, and what to do next.
"""

from __future__ import annotations

from typing import Any

__all__ = [
    "BackupError",
    "ConfigurationError",
    "DiskFullError",
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

    ``record`` names what was being worked on (an item id, a URL, a file) and
    ``next_step`` what the operator can do; both are part of the message.
    """

    def __init__(self, message: str, *, record: object = None, next_step: str = "") -> None:
        self.message = message
        self.record = record
        self.next_step = next_step
        super().__init__(str(self))

    def __reduce__(self) -> tuple[Any, ...]:
        # Pickled on the way between Airflow's processes; the constructors have named arguments.
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
    """May pass by itself; a retry is worth it."""


class TerminalError(TechPulseError):
    """Will fail again in the same way until somebody acts."""


class SourceUnavailableError(TransientError):
    """The source gave no usable answer after all tries."""


class WarehouseLockedError(TransientError):
    """Another process holds the warehouse file's write lock."""


class StoreUnavailableError(TransientError):
    """A database or an object store that TechPulse keeps its data in does not answer."""


class DiskFullError(TransientError):
    """A disk has no room for what is to be written; nothing of it is there."""


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
    """The source answered with something its API does not promise."""


class ThreadNotFoundError(TerminalError):
    """No "Who is hiring?" thread was found for a month that should have one."""


class StagedFileError(TerminalError):
    """A staged file is missing, truncated or not what its manifest says."""


class WarehouseCopyError(TerminalError):
    """A copy of the warehouse, such as a backup, is not what it was copied from."""


class BackupError(TerminalError):
    """A backup is not what its manifest says, or is none."""


class ReconciliationError(TerminalError):
    """A load's counts do not add up, or more of it is bad than the settings allow."""


class ServingError(TerminalError):
    """The serving store cannot be written or read as it should."""
