"""The one HTTP client: urllib3 for the connection (transport.py), tenacity for the retries.

Retried: connection errors, timeouts, 429 and 5xx. A pause that the server asks for (rate_limits.py)
replaces the exponential backoff if it is longer. When the server reports an exhausted quota, the
next request waits for its reset. Every other status is final.
"""

from __future__ import annotations

import datetime as dt
import json
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from http import HTTPStatus
from typing import Any, NoReturn, Self, TypeVar
from urllib.parse import unquote, urlencode

from tenacity import (
    RetryCallState,
    Retrying,
    after_nothing,
    retry_if_exception_type,
    stop_after_attempt,
)
from tenacity.wait import wait_exponential_jitter
from urllib3.util import Url, parse_url

from include.errors import (
    ConfigurationError,
    MalformedAnswerError,
    SourceRejectedError,
    SourceUnavailableError,
)
from include.http.rate_limits import rate_limit_reset, retry_after
from include.http.redirects import origin_of
from include.http.transport import Answer, Transport, TryAgainError
from include.settings import Settings, get_settings

__all__ = ["MAX_RETRY_AFTER_SECONDS", "HttpClient", "parse_json"]

MAX_RETRY_AFTER_SECONDS = 300.0
"""A longer Retry-After or RateLimit reset is left to Airflow's task retry, which frees the slot."""
_BACKOFF_MAX_SECONDS = 60.0  # of our own backoff; a server may ask for more

T = TypeVar("T")


class HttpClient:
    """An HTTP client for one API, with retries and rate limits. Safe to share between threads.

    ``max_attempts`` includes the first attempt. ``connections`` is the size of the pool of
    keep-alive connections. ``headers`` may contain a key, which goes to the host of ``base_url``
    only; ``redirect_hosts`` are other hosts that a redirect may lead to. ``before_try`` is called
    before every attempt and may wait or raise, such as a call budget; the context of ``in_flight``
    is held during every attempt, and may wait, too. Raises ConfigurationError for
    an unusable address, key, proxy or CA file.
    """

    def __init__(
        self,
        base_url: str,
        *,
        max_attempts: int,
        connections: int = 4,
        headers: Mapping[str, str] | None = None,
        redirect_hosts: Iterable[str] = (),
        settings: Settings | None = None,
        before_try: Callable[[], None] | None = None,
        in_flight: Callable[[], AbstractContextManager[None]] = nullcontext,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        home, login = _address_and_login(base_url)
        self.base_url = str(home).rstrip("/")
        self._path = home.request_uri.rstrip("/")
        self._settings = settings or get_settings()
        self._before_try = before_try
        self._in_flight = in_flight
        self._sleep = sleep
        self._clock = clock
        self._quota_lock = threading.Lock()
        self._quota_at = 0.0  # by ``clock``: when the server's quota allows the next request
        self._max_attempts = max_attempts
        self._backoff = wait_exponential_jitter(
            multiplier=self._settings.http_backoff_initial_seconds,
            max=_BACKOFF_MAX_SECONDS,
            jitter=self._settings.http_backoff_initial_seconds,  # threads must not retry in step
        )
        headers = dict(headers or {})
        if login:
            headers["Authorization"] = f"Basic {b64encode(login.encode()).decode()}"
        # Both are redacted in quotes of responses: some servers repeat the request's credentials.
        key = headers.get("Authorization", "").rpartition(" ")[2]
        password = (login or "").partition(":")[2]
        self._transport = Transport(
            home,
            headers=headers,
            secrets=(key, password),
            redirect_hosts=redirect_hosts,
            connections=connections,
            settings=self._settings,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the pooled connections."""
        self._transport.close()

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
        """Send the request, with retries, and return the body of the 200 response.

        Raises SourceUnavailableError (no answer, 429 or 5xx after all attempts, or a pause longer
        than MAX_RETRY_AFTER_SECONDS), SourceRejectedError (any other status, or a refused redirect)
        and MalformedAnswerError (a response larger than the settings allow).
        """
        return self._retrying(TryAgainError)(
            self._try_once, method, self._url(path), self._target(path, params), body
        ).text

    def fetch(
        self, path: str, params: Mapping[str, Any] | None = None, *, etag: str | None = None
    ) -> Answer:
        """Return the response to a GET: 200, or 304 if it still has the entity tag ``etag``.

        Raises as :meth:`request`.
        """
        return self._retrying(TryAgainError)(
            self._try_once, "GET", self._url(path), self._target(path, params), None, etag
        )

    def request_parsed(
        self,
        method: str,
        path: str,
        read: Callable[[str], T],
        *,
        params: Mapping[str, Any] | None = None,
        body: Any = None,
        on_failure: Callable[[int | None], None] | None = None,
    ) -> T:
        """Return the body as parsed by ``read``; retry when ``read`` raises MalformedAnswerError.

        For responses that a proxy may replace with an error page of status 200. ``on_failure`` is
        called after every failed attempt with the HTTP status, or None if the response was broken
        or missing: the server may then have executed the request. Raises the last attempt's
        MalformedAnswerError; else as :meth:`request`.
        """
        url, target = self._url(path), self._target(path, params)

        def try_once() -> T:
            return read(self._try_once(method, url, target, body).text)

        def tell(state: RetryCallState) -> None:
            error = state.outcome.exception() if state.outcome else None
            if on_failure:
                on_failure(error.status if isinstance(error, TryAgainError) else None)

        return self._retrying(TryAgainError, MalformedAnswerError, after=tell)(try_once)

    def _retrying(
        self, *errors: type[Exception], after: Callable[[RetryCallState], None] = after_nothing
    ) -> Retrying:
        return Retrying(
            retry=retry_if_exception_type(errors),
            after=after,
            stop=stop_after_attempt(self._max_attempts),
            wait=self._pause,
            sleep=self._sleep,
            retry_error_callback=self._give_up,
        )

    def _url(self, path: str) -> str:
        return f"{self.base_url}/{path.lstrip('/')}" if path else self.base_url

    def _target(self, path: str, params: Mapping[str, Any] | None) -> str:
        """Return path and query as sent; parameters that are None are omitted."""
        target = f"{self._path}/{path.lstrip('/')}" if path else self._path or "/"
        given = {name: value for name, value in (params or {}).items() if value is not None}
        if not given:
            return target
        return f"{target}{'&' if '?' in target else '?'}{urlencode(given, doseq=True)}"

    def _try_once(
        self, method: str, url: str, target: str, body: Any, etag: str | None = None
    ) -> Answer:
        # The quota first: a call counted in the budget must follow at once.
        self._await_quota(url)
        sent = None if body is None else json.dumps(body, allow_nan=False).encode()
        with self._in_flight():
            if self._before_try:
                self._before_try()
            answer = self._transport.exchange(method, target, sent, record=url, etag=etag)
        self._note_quota(answer.headers)
        is_known = etag is not None and answer.status == HTTPStatus.NOT_MODIFIED
        if answer.status != HTTPStatus.OK and not is_known:
            self._refuse(answer, url)
        return answer

    def _note_quota(self, headers: Mapping[str, str]) -> None:
        """Store the latest reset that any thread received; an earlier one does not replace it."""
        if pause := rate_limit_reset(headers):
            with self._quota_lock:
                self._quota_at = max(self._quota_at, self._clock() + pause)

    def _await_quota(self, url: str) -> None:
        """Wait until the quota of the server's RateLimit header allows a request."""
        # A loop: another thread's response may extend the wait meanwhile.
        while (pause := self._quota_at - self._clock()) > 0:
            if pause > MAX_RETRY_AFTER_SECONDS:
                raise SourceUnavailableError(
                    f"The server's quota allows no request for {pause:.0f} s, "
                    f"longer than {MAX_RETRY_AFTER_SECONDS:.0f} s",
                    record=url,
                    next_step="let the task be retried later; nothing is lost.",
                )
            self._sleep(pause)

    def _refuse(self, answer: Answer, url: str) -> NoReturn:
        status = answer.status
        excerpt = self._transport.quote(answer.text)
        if status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise TryAgainError(
                f"HTTP {status}: {excerpt}",
                record=url,
                status=status,
                pause_seconds=retry_after(answer.headers, dt.datetime.now(dt.UTC)),
            )
        raise SourceRejectedError(f"HTTP {status}: {excerpt}", status=status, record=url)

    def _pause(self, state: RetryCallState) -> float:
        """Return the seconds to wait before the next attempt."""
        error = state.outcome.exception() if state.outcome else None
        asked = (error.pause_seconds if isinstance(error, TryAgainError) else None) or 0.0
        if asked > MAX_RETRY_AFTER_SECONDS:
            raise SourceUnavailableError(
                f"The server asks for a pause of {asked:.0f} s, "
                f"longer than {MAX_RETRY_AFTER_SECONDS:.0f} s",
                record=error.record if isinstance(error, TryAgainError) else None,
                next_step="let the task be retried later; nothing is lost.",
            ) from error
        return max(asked, self._backoff(state))

    def _give_up(self, state: RetryCallState) -> NoReturn:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, MalformedAnswerError):
            raise error
        message = error.message if isinstance(error, TryAgainError) else "No answer"
        raise SourceUnavailableError(
            f"No usable answer after {state.attempt_number} attempts: {message}",
            record=error.record if isinstance(error, TryAgainError) else self.base_url,
            next_step="check that the address is right and reachable from here, then retry.",
        ) from error


def _address_and_login(base_url: str) -> tuple[Url, str | None]:
    """Return the address without its login, which errors must not print, and the login.

    Raises ConfigurationError unless it is an http or https URL with a host.
    """
    try:
        url = parse_url(base_url)
        # Encoded here as well: a name that is no valid IDNA would fail at each request.
        origin_of(url).host.strip("[]").encode("idna")
    except ValueError as error:
        raise ConfigurationError(
            "The address is not an http or https URL with a host",
            record=base_url.rpartition("@")[2],
            next_step="set the connection's host to the API's base URL.",
        ) from error
    login = unquote(url.auth) if url.auth and ":" in url.auth else None
    return url._replace(auth=None, fragment=None), login


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
