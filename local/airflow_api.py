"""The REST API of the Airflow on this machine, as the user admin."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import requests

from local.steps import StepFailedError

__all__ = ["AirflowApi"]

_PAGE = 100  # the server's own limit
_TIMEOUT_SECONDS = 60
_BUSY = 503  # SQLite, while the scheduler writes


class AirflowApi:
    """Asks Airflow at ``base_url``; a token is fetched when the last one has run out."""

    def __init__(self, base_url: str, password: str) -> None:
        self._base_url, self._password = base_url, password
        self._session = requests.Session()
        self._session.trust_env = False

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        """Return the answer to ``GET /api/v2/<path>``."""
        return self._ask("GET", path, params=params)

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Return the answer to ``POST /api/v2/<path>``."""
        return self._ask("POST", path, json=body)

    def all(self, path: str, key: str, **params: Any) -> Iterator[dict[str, Any]]:
        """Yield the entries of a list, page by page."""
        offset = 0
        while True:
            page = self.get(path, limit=_PAGE, offset=offset, **params)
            yield from page[key]
            offset += _PAGE
            if offset >= page["total_entries"]:
                return

    def _ask(self, method: str, path: str, **more: Any) -> dict[str, Any]:
        url = f"{self._base_url}/api/v2/{path}"
        answer = self._send(method, url, **more)
        if answer.status_code == requests.codes.unauthorized:
            self._log_in()
            answer = self._send(method, url, **more)
        if not answer.ok:
            raise StepFailedError(f"Airflow refused {method} {url}: {_reason(answer)}")
        return dict(answer.json())

    def _log_in(self) -> None:
        credentials = {"username": "admin", "password": self._password}
        answer = self._send("POST", f"{self._base_url}/auth/token", json=credentials)
        if not answer.ok:
            raise StepFailedError(f"Airflow at {self._base_url} refused to log in admin.")
        self._session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def _send(self, method: str, url: str, **more: Any) -> requests.Response:
        try:
            for _ in range(3):
                answer = self._session.request(method, url, timeout=_TIMEOUT_SECONDS, **more)
                if answer.status_code != _BUSY:
                    break
        except requests.RequestException as error:
            raise StepFailedError(f"No Airflow answers at {self._base_url}: {error}") from error
        return answer


def _reason(answer: requests.Response) -> str:
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError):
        return f"status {answer.status_code}"
