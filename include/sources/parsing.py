"""Reading one record: what a reader makes of it, or why it goes to quarantine.

The walk, silver and the replay all read through here, so an odd payload is one bad record in each
of them and never a task that fails.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from include.errors import TechPulseError
from include.sources.record import Reason
from include.sources.source import UnreadableRecordError

__all__ = ["parse_or_reject"]

P = ParamSpec("P")
T = TypeVar("T")

# Not the record's fault: the same record is read well once the machine or the installation is.
_NOT_ITS_FAULT = (TechPulseError, OSError, MemoryError, ImportError)


def parse_or_reject(read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Return what ``read`` makes of a record.

    Raises UnreadableRecordError for whatever ``read`` raises: with its own reason, with
    ``invalid_unicode`` for text that is none, ``invalid_posting`` for values that make no posting
    and ``reader_failed`` for all else. Errors of the machine and of the installation
    (include/errors.py, OSError, MemoryError, ImportError) pass through as they are.
    """
    try:
        return read(*args, **kwargs)
    except (UnreadableRecordError, *_NOT_ITS_FAULT):
        raise
    except UnicodeError as error:
        raise UnreadableRecordError(Reason.INVALID_UNICODE, str(error)) from error
    except ValueError as error:
        raise UnreadableRecordError(Reason.INVALID_POSTING, str(error)) from error
    except Exception as error:
        message = f"{type(error).__name__}: {error}"
        raise UnreadableRecordError(Reason.READER_FAILED, message) from error
