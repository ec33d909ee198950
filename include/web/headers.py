"""The security headers of every answer: of Flask, of files and health, and of the gate's refusals.

They are added where an answer leaves for the server (ASGI), so that no answer can lack them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["CONTENT_SECURITY_POLICY", "SECURITY_HEADERS", "SecurityHeaders"]

# The two style elements that plotly 7.1 adds: an empty one, which it fills through the CSSOM, and
# that of its maps. Nothing else may be inline; a browser test tells when an upgrade changes them.
_PLOTLY_STYLES = (
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
    "'sha256-ji27qzEtxXZW+7dun6UwjHXJ18e6WAin1VvNtkzIE/o='",
)
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        f"style-src 'self' {' '.join(_PLOTLY_STYLES)}",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        # Airflow shows the page in an iframe of its own origin; nobody else may.
        "frame-ancestors 'self'",
    )
)
SECURITY_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": CONTENT_SECURITY_POLICY,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
)
_RAW = tuple((name.lower().encode(), value.encode()) for name, value in SECURITY_HEADERS.items())
_NO_STORE = (b"cache-control", b"no-store")


class SecurityHeaders:
    """Add to each answer of ``app`` the security headers that it lacks.

    An answer that does not say how long it may be kept is not kept.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                present = {name.lower() for name, _ in headers}
                more = [pair for pair in (*_RAW, _NO_STORE) if pair[0] not in present]
                message = {**message, "headers": headers + more}
            await send(message)

        await self._app(scope, receive, send_with_headers)
