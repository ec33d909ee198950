"""The one HTTP client: requests for the connection, tenacity for the retries.

Retried: connection errors, timeouts, 429 and 5xx. A server that says when to come back
(include/pauses.py) is obeyed instead of the exponential backoff; one that says that no request is
left is given its pause before the next one. Every other status is final.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from http.cookiejar import DefaultCookiePolicy
from typing import Any, NoReturn, Self, TypeVar

import requests
from requests.adapters import HTTPAdapter
from requests.utils import get_auth_from_url, get_environ_proxies, urldefragauth
from tenacity import (
    RetryCallState,
    Retrying,
    after_nothing,
    retry_if_exception_type,
    stop_after_attempt,
)
from tenacity.wait import wait_exponential_jitter
from urllib3.exceptions import HTTPError

from include.errors import MalformedAnswerError, SourceRejectedError, SourceUnavailableError
from include.pauses import pause_asked_for, pause_until_quota
from include.settings import Settings, get_settings

__all__ = ["HttpClient", "parse_json"]

T = TypeVar("T")

USER_AGENT = "TechPulse/1.0 (Airflow DAG bundle; monthly job market statistics)"
_TOO_MANY_REQUESTS = 429
_SERVER_ERROR = 500
_EXCERPT_CHARACTERS = 200
_PART_BYTES = 65_536
_PLAIN = re.compile(r"https?://[a-z0-9.-]+(?::\d+)?/[A-Za-z0-9._~/-]*")
"""URLs that preparing leaves as they are."""


class _TryAgainError(SourceUnavailableError):
    """One failed try.

    ``status`` is the HTTP status that refused it, None where no whole answer came;
    ``pause_seconds`` is what the server asked for, if anything.
    """

    def __init__(
        self,
        message: str,
        *,
        record: str,
        status: int | None = None,
        pause_seconds: float | None = None,
    ) -> None:
        self.status = status
        self.pause_seconds = pause_seconds
        super().__init__(message, record=record)


class HttpClient:
    """Ask one API, politely. Safe to share between threads.

    ``tries`` counts all tries of a request, the first included. ``connections`` is how many
    requests may be in flight without waiting for a connection of the pool. ``before_try`` is called
    before every try and may wait or raise: a budget of calls hangs there.
    """

    def __init__(
        self,
        base_url: str,
        *,
        tries: int,
        connections: int = 4,
        headers: Mapping[str, str] | None = None,
        settings: Settings | None = None,
        before_try: Callable[[], None] | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        # A login in the URL goes into a header: errors name the URL.
        self.base_url = urldefragauth(base_url).rstrip("/")
        self._settings = settings or get_settings()
        self._before_try = before_try
        self._sleep = sleep
        self._clock = clock
        self._quota_at = 0.0  # by the clock: when the server has a request left for us
        self._tries = tries
        self._backoff = wait_exponential_jitter(
            multiplier=self._settings.http_backoff_first_seconds,
            max=self._settings.http_backoff_longest_seconds,
            jitter=self._settings.http_backoff_first_seconds,
        )
        self._session = self._new_session(connections, headers or {})
        self._plain_get: requests.PreparedRequest | None = None
        login = get_auth_from_url(base_url)
        if any(login):
            code = b64encode(":".join(login).encode()).decode()
            self._session.headers["Authorization"] = f"Basic {code}"
        key = str(self._session.headers.get("Authorization") or "").rpartition(" ")[2]
        self._secrets = [secret for secret in (key, login[1]) if secret]

    def _new_session(self, connections: int, headers: Mapping[str, str]) -> requests.Session:
        session = requests.Session()
        # The environment's proxies and CA file are read once, not per request; ~/.netrc never is.
        session.trust_env = False
        session.proxies = dict(get_environ_proxies(self.base_url))
        session.verify = os.environ.get("REQUESTS_CA_BUNDLE") or True
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        session.headers.update({"User-Agent": USER_AGENT, "Accept": "application/json", **headers})
        adapter = HTTPAdapter(pool_connections=1, pool_maxsize=connections)
        session.mount("http://", adapter)
        session.mount("https://", adapter)
        return session

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the pooled connections."""
        self._session.close()

    def get_text(self, path: str, params: Mapping[str, Any] | None = None) -> str:
        """Return the body of ``GET base_url/path``; see :meth:`request` for the errors."""
        return self.request("GET", path, params=params)

    def get_json(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """Return the parsed body of ``GET base_url/path``.

        Raises MalformedAnswerError when it is not JSON; else as :meth:`request`.
        """
        return parse_json(self.get_text(path, params), record=self._url(path))

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
    ) -> str:
        """Send the request until it is answered with 200 or the tries are used up; return the body.

        Raises SourceUnavailableError (no answer, 429 or 5xx after all tries, or a Retry-After that
        is longer than the settings allow) and SourceRejectedError (any other status).
        """
        return self._retrying(_TryAgainError)(self._try_once, method, self._url(path), params, body)

    def ask(
        self,
        method: str,
        path: str,
        read: Callable[[str], T],
        *,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
        after_failure: Callable[[int | None], None] | None = None,
    ) -> T:
        """Return what ``read`` makes of the body; what it cannot read is asked for again.

        For answers that a proxy or a maintenance page may replace, with status 200.
        ``after_failure`` is told of every failed try the status that refused it, None where the
        answer was broken or missing: the server may then have done what was asked. Raises the
        MalformedAnswerError of ``read`` when the last try brings one; else as :meth:`request`.
        """

        def try_once() -> T:
            return read(self._try_once(method, self._url(path), params, body))

        def tell(state: RetryCallState) -> None:
            error = state.outcome.exception() if state.outcome else None
            if after_failure:
                after_failure(error.status if isinstance(error, _TryAgainError) else None)

        return self._retrying(_TryAgainError, MalformedAnswerError, after=tell)(try_once)

    def _retrying(
        self, *errors: type[Exception], after: Callable[[RetryCallState], None] = after_nothing
    ) -> Retrying:
        return Retrying(
            retry=retry_if_exception_type(errors),
            after=after,
            stop=stop_after_attempt(self._tries),
            wait=self._pause,
            sleep=self._sleep,
            retry_error_callback=self._give_up,
        )

    def _url(self, path: str) -> str:
        return f"{self.base_url}/{path.lstrip('/')}" if path else self.base_url

    def _try_once(self, method: str, url: str, params: Mapping[str, Any] | None, body: Any) -> str:
        self._await_quota(url)
        if self._before_try:
            self._before_try()
        deadline = time.monotonic() + self._settings.http_answer_longest_seconds
        try:
            with self._send(method, url, params, body) as response:
                text = self._read(response, url, deadline)
        except (requests.ConnectionError, requests.Timeout) as error:
            raise _TryAgainError(_root_cause(error), record=url) from error
        except (requests.RequestException, HTTPError, OSError) as error:  # broken off or damaged
            raise _TryAgainError(f"{type(error).__name__}: {error}", record=url) from error
        self._quota_at = self._clock() + pause_until_quota(response.headers)
        if response.status_code != requests.codes.ok:
            self._refuse(response, text, url)
        return text

    def _send(
        self, method: str, url: str, params: Mapping[str, Any] | None, body: Any
    ) -> requests.Response:
        """Send one request by the session's adapter; a redirect is followed as by the session.

        What a session does besides (merging settings, cookies, hooks) is the same each time, and
        was a third of the client's whole work (docs/benchmarks.md).
        """
        session = self._session
        request = self._prepare(method, url, params, body)
        how: dict[str, Any] = {
            "stream": True,
            "timeout": self._timeouts,
            "verify": session.verify,
            "proxies": session.proxies,
        }
        response = session.get_adapter(url).send(request, **how)
        answers: list[requests.Response] = [
            response,
            *session.resolve_redirects(response, request, **how),
        ]
        return answers[-1]

    def _prepare(
        self, method: str, url: str, params: Mapping[str, Any] | None, body: Any
    ) -> requests.PreparedRequest:
        """Return the request to send; a plain GET is a copy of an earlier one with another URL."""
        is_plain = method == "GET" and params is None and body is None and _PLAIN.fullmatch(url)
        if is_plain and self._plain_get:
            request = self._plain_get.copy()
            request.url = url
            return request
        headers = dict(self._session.headers)
        request = requests.Request(method, url, headers, params=params, json=body).prepare()
        if is_plain:
            self._plain_get = request.copy()
        return request

    @property
    def _timeouts(self) -> tuple[float, float]:
        return (
            self._settings.http_connect_timeout_seconds,
            self._settings.http_read_timeout_seconds,
        )

    def _await_quota(self, url: str) -> None:
        """Wait until the server, by its RateLimit header, has a request left for us."""
        pause = self._quota_at - self._clock()
        if pause <= 0:
            return
        longest = self._settings.http_retry_after_longest_seconds
        if pause > longest:
            raise SourceUnavailableError(
                f"The server has no request left for {pause:.0f} s, longer than {longest:.0f} s",
                record=url,
                next_step="let the task be retried later; nothing is lost.",
            )
        self._sleep(pause)

    def _read(self, response: requests.Response, url: str, deadline: float) -> str:
        """Return the body, within the settings' limits of size and time.

        Takes what is there (``read1``) instead of waiting for a full part: a server that trickles
        bytes is left at the deadline.
        """
        limit_bytes = self._settings.http_answer_longest_bytes
        parts: list[bytes] = []
        size = 0
        while part := response.raw.read1(_PART_BYTES, decode_content=True):
            parts.append(part)
            size += len(part)
            if size > limit_bytes:
                raise MalformedAnswerError(
                    f"The answer is longer than {limit_bytes} bytes",
                    record=url,
                    next_step="raise TECHPULSE_HTTP_ANSWER_LONGEST_BYTES if it is right.",
                )
            if time.monotonic() > deadline:
                raise _TryAgainError("The answer trickled in too slowly", record=url)
        return b"".join(parts).decode("utf-8", errors="surrogateescape")

    def _refuse(self, response: requests.Response, text: str, url: str) -> NoReturn:
        status = response.status_code
        excerpt = " ".join(self._without_secrets(text)[:_EXCERPT_CHARACTERS].split())
        if status == _TOO_MANY_REQUESTS or status >= _SERVER_ERROR:
            raise _TryAgainError(
                f"HTTP {status}: {excerpt}",
                record=url,
                status=status,
                pause_seconds=pause_asked_for(response.headers, dt.datetime.now(dt.UTC)),
            )
        raise SourceRejectedError(f"HTTP {status}: {excerpt}", status=status, record=url)

    def _without_secrets(self, text: str) -> str:
        """Return what a server says without the key that it may repeat."""
        for secret in self._secrets:
            text = text.replace(secret, "***")
        return text

    def _pause(self, state: RetryCallState) -> float:
        """Return the seconds to wait before the next try."""
        error = state.outcome.exception() if state.outcome else None
        asked = error.pause_seconds if isinstance(error, _TryAgainError) else None
        if asked is None:
            return self._backoff(state)
        longest = self._settings.http_retry_after_longest_seconds
        if asked > longest:
            raise SourceUnavailableError(
                f"The server asks for a pause of {asked:.0f} s, longer than {longest:.0f} s",
                record=error.record if isinstance(error, _TryAgainError) else None,
                next_step="let the task be retried later; nothing is lost.",
            ) from error
        return asked

    def _give_up(self, state: RetryCallState) -> NoReturn:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, MalformedAnswerError):
            raise error
        message = error.message if isinstance(error, _TryAgainError) else "No answer"
        raise SourceUnavailableError(
            f"No usable answer after {state.attempt_number} tries: {message}",
            record=error.record if isinstance(error, _TryAgainError) else self.base_url,
            next_step="check that the address is right and reachable from here, then retry.",
        ) from error


def _root_cause(error: BaseException) -> str:
    """Return the innermost reason of a requests error: the part that an operator can use."""
    reason: Any = error.args[0] if error.args else error
    reason = getattr(reason, "reason", reason)
    return f"{type(error).__name__}: {reason}"


def parse_json(text: str, *, record: object) -> Any:
    """Parse ``text`` as strict JSON (no NaN or Infinity).

    Raises MalformedAnswerError that names ``record``.
    """
    try:
        return json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise MalformedAnswerError(
            f"The answer is not JSON ({error}); it begins {text[:60]!r}",
            record=record,
            next_step="open the address in a browser: a proxy or an error page may be answering.",
        ) from error


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")
