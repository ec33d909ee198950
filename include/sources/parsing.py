"""Parse one record, or give the reason to quarantine it.

Fetching, silver and replay all parse through this module, so an unexpected payload is one bad
record in each of them and never a failed task.
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

# Not the record's fault: it parses once the machine or the installation works again.
_NOT_ITS_FAULT = (TechPulseError, OSError, MemoryError, ImportError)


def parse_or_reject(read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Return ``read(*args, **kwargs)``.

    Any exception of ``read`` becomes an UnreadableRecordError: its own reason is kept, UnicodeError
    gives ``invalid_unicode``, ValueError ``invalid_posting`` and anything else ``reader_failed``.
    Errors of the machine and of the installation (include/errors.py, OSError, MemoryError,
    ImportError) pass through unchanged.
    """
    try:
        return read(*args, **kwargs)
    except (UnreadableRecordError, *_NOT_ITS_FAULT):
        raise
    # A subclass of ValueError, so it must come first.
    except UnicodeError as error:
        raise UnreadableRecordError(Reason.INVALID_UNICODE, str(error)) from error
    except ValueError as error:
        raise UnreadableRecordError(Reason.INVALID_POSTING, str(error)) from error
    except Exception as error:
        message = f"{type(error).__name__}: {error}"
        raise UnreadableRecordError(Reason.READER_FAILED, message) from error
