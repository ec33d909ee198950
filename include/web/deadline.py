"""A deadline for sending an answer: a client that does not read it is dropped.

Without one, a client that asks and never reads holds what its answer needs for as long as it
likes: uvicorn waits in ``send`` until the client has read enough, and has no limit of its own.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["ClientTooSlow", "SendDeadline"]

_PIECE_BYTES = 64 * 1024
"""uvicorn's high-water mark: it buffers whatever one message holds, and waits before the next."""


class ClientTooSlow(BaseException):
    """The client did not read its answer in time; the rest of it is not sent.

    Not an Exception: Airflow's JWTRefreshMiddleware (Starlette's BaseHTTPMiddleware) keeps an
    Exception of the app until the whole answer is sent, which is what never happens here. Any
    other BaseException cancels its task group; uvicorn closes the connection once the client has
    read what is on its way, or is gone.
    """


class SendDeadline:
    """Give ``app`` so many seconds to send each answer, the time to compute it not counted."""

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request.

        Raises ClientTooSlow, whatever ``app`` is doing, once the client has let it wait too long.
        """
        left = self._seconds

        async def send_in_time(message: Message) -> None:
            nonlocal left
            for piece in _pieces(message):
                # Only the sends count: the time that the app computes is not the client's fault.
                begun = time.monotonic()
                try:
                    async with asyncio.timeout(left):
                        await send(piece)
                except TimeoutError:
                    raise ClientTooSlow(
                        f"{scope['path']!r}: the client did not read the answer within "
                        f"{self._seconds:g} s; the rest of it is not sent. Next step: none for a "
                        "client that hangs; for slow lines raise TECHPULSE_WEB_SEND_SECONDS."
                    ) from None
                left -= time.monotonic() - begun

        await self._app(scope, receive, send_in_time if scope["type"] == "http" else send)


def _pieces(message: Message) -> Iterator[Message]:
    """Split a body, so that the server buffers one piece of it and not the whole."""
    body = message.get("body", b"")
    if len(body) <= _PIECE_BYTES:
        yield message
        return
    last = (len(body) - 1) // _PIECE_BYTES * _PIECE_BYTES
    for at in range(0, len(body), _PIECE_BYTES):
        more = at < last or message.get("more_body", False)
        yield {**message, "body": body[at : at + _PIECE_BYTES], "more_body": more}
