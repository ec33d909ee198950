"""Parse one record, or give the reason to quarantine it.

Fetching, silver and replay all parse through this module, so an unexpected payload is one bad
record in each of them and never a failed task.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from include.errors import TechPulseError
from include.sources.answers import Unread
from include.sources.record import Reason, Record, Status
from include.sources.source import UnreadableRecordError

__all__ = ["parse_or_reject", "record_of"]

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


def record_of(
    read: Callable[[dict[str, Any]], Record], value: Any, text: str, *, max_bytes: int
) -> Record:
    """Return ``read(value)``, the record to stage of one object that a source sent as ``text``.

    Raises UnreadableRecordError for what is too large, no object or not Unicode, and for any error
    of ``read``, so that one record cannot stop the others.
    """
    # The size comes first: nothing below is bounded on a huge record.
    size = len(text.encode("utf-8", errors="surrogatepass"))
    if size > max_bytes:
        message = f"{size} bytes exceed the limit of {max_bytes}"
        raise UnreadableRecordError(Reason.TOO_LARGE, message)
    if isinstance(value, Unread):
        raise UnreadableRecordError(value.reason, value.message)
    if not isinstance(value, dict):
        raise UnreadableRecordError(Reason.NOT_AN_OBJECT, f"a {type(value).__name__}")
    record = parse_or_reject(read, value)
    if record.status is Status.REJECTED:  # its text is not Unicode
        raise UnreadableRecordError(Reason(record.reason or ""), record.message or "")
    return record
