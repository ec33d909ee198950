"""A deadline for sending an answer: a client that does not read it is disconnected.

Without it, a client that never reads holds its answer's resources indefinitely: uvicorn waits in
``send`` until the client has read enough, and has no timeout of its own.
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
"""uvicorn's high-water mark: it buffers one message of any size, and waits before the next."""


class ClientTooSlow(BaseException):
    """The client did not read its answer in time; the rest is not sent.

    Not an Exception: Airflow's JWTRefreshMiddleware (Starlette's BaseHTTPMiddleware) holds back an
    Exception of the app until the answer is sent, which never happens here. Any other BaseException
    cancels its task group; uvicorn closes the connection once the client has read the bytes in
    flight, or has disconnected.
    """


class SendDeadline:
    """Limit the time that ``app`` may spend sending one answer; computing it does not count."""

    def __init__(self, app: ASGIApp, seconds: float) -> None:
        self._app = app
        self._seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request.

        Raises ClientTooSlow once the client has kept it waiting for too long.
        """
        remaining = self._seconds

        async def send_in_time(message: Message) -> None:
            nonlocal remaining
            for piece in _pieces(message):
                # Count only the sends: the client is not to blame for the app's own time.
                begun = time.monotonic()
                try:
                    async with asyncio.timeout(remaining):
                        await send(piece)
                except TimeoutError:
                    raise ClientTooSlow(
                        f"{scope['path']!r}: the client did not read the answer within "
                        f"{self._seconds:g} s; the rest is not sent. Next step: none if the client "
                        "hangs; for slow connections raise TECHPULSE_WEB_SEND_SECONDS."
                    ) from None
                remaining -= time.monotonic() - begun

        await self._app(scope, receive, send_in_time if scope["type"] == "http" else send)


def _pieces(message: Message) -> Iterator[Message]:
    """Split a body, so that the server buffers only one piece of it."""
    body = message.get("body", b"")
    if len(body) <= _PIECE_BYTES:
        yield message
        return
    last = (len(body) - 1) // _PIECE_BYTES * _PIECE_BYTES
    for at in range(0, len(body), _PIECE_BYTES):
        more = at < last or message.get("more_body", False)
        yield {**message, "body": body[at : at + _PIECE_BYTES], "more_body": more}
