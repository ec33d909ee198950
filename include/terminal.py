"""What sources have sent, made safe for a terminal: no control character, no markup.

The command line's own output is made safe where it is written, so no field can be forgotten:
everything that goes to stdout or stderr, log lines and errors too, and every table.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO, cast

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["console", "printable", "printable_streams"]


def printable(value: object, max_length: int | None = None) -> str:
    """Return text in which nothing but line breaks and tabs can move a cursor, or hide.

    Control, format (direction marks and the like) and private characters, and lone surrogates,
    are written as escapes; ``max_length`` characters are kept.
    """
    text = str(value)
    cut = text if max_length is None or len(text) <= max_length else f"{text[: max_length - 1]}…"
    return "".join(c if c.isprintable() or c in "\n\t" else _escape(c) for c in cut)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode()


@contextmanager
def printable_streams() -> Iterator[None]:
    """Escape all output to stdout and stderr within the block by :func:`printable`."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (cast("TextIO", _Printable(stream)) for stream in before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before


class _Printable:
    """A text stream that escapes its output; it hides ``buffer``, which would bypass that."""

    def __init__(self, stream: TextIO) -> None:
        self.unfiltered = stream

    def write(self, text: str) -> int:
        if not isinstance(text, str):  # like any text stream: click probes the type this way
            raise TypeError(f"write() takes str, not {type(text).__name__}")
        return self.unfiltered.write(printable(text))

    def writelines(self, lines: Iterator[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        if name in {"buffer", "detach", "unfiltered"}:
            raise AttributeError(name)
        return getattr(self.unfiltered, name)


def console(width: int = 120) -> Console:
    """Return a console for tables that escapes text: only its own styles reach the terminal.

    ``width`` applies when the output is not a terminal.
    """
    from rich.console import Console
    from rich.segment import Segment

    class _Console(Console):
        def render(self, *args: Any, **options: Any) -> Iterator[Segment]:
            for text, style, control in super().render(*args, **options):
                yield Segment(text if control else printable(text), style, control)

        def render_str(self, text: str, **options: Any) -> Any:
            return super().render_str(printable(text), **options)  # before columns are measured

    file = getattr(sys.stdout, "unfiltered", sys.stdout)
    options: dict[str, Any] = {"file": file, "markup": False, "emoji": False, "highlight": False}
    made = _Console(**options)
    return made if made.is_terminal else _Console(**options, width=width)
