"""Ask the real API server app the 32 requests of the gate, and print the answers as JSON.

A program of its own: an Airflow reads its configuration once a process, and the tests ask two
auth managers. Usage: python plugin_requests.py simple|fab
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

API = "/techpulse/api/v1/insights"
PAGE = "/techpulse/dashboard"
ICON = "/techpulse/static/icon.svg"
HEALTH = "/techpulse/health"
BROWSER = {"Accept": "text/html,application/xhtml+xml"}


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def cookie(token: str) -> dict[str, str]:
    return {"Cookie": f"_token={token}"}


def resigned(token: str, **claims: Any) -> str:
    """The token with other claims, signed with the right secret."""
    from airflow.configuration import conf

    payload = jwt.decode(token, options={"verify_signature": False}) | claims
    return jwt.encode(payload, conf.get("api_auth", "jwt_secret"), algorithm="HS512")


def users(kind: str) -> dict[str, Any]:
    """A user who may see the web site, and, where there is such a thing, one who may not."""
    if kind == "simple":
        from airflow.api_fastapi.auth.managers.simple.user import SimpleAuthManagerUser

        return {"viewer": SimpleAuthManagerUser(username="viewer", role="viewer")}
    from airflow.providers.fab.www.app import create_app
    from airflow.utils.db import initdb

    initdb()  # the tables of this auth manager
    app = create_app(enable_plugins=False)
    manager = app.appbuilder.sm
    with app.app_context():
        for name in ("Viewer", "Public"):
            manager.add_user(name, name, name, f"{name}@example.com", manager.find_role(name), "x")
        return {name.lower(): manager.find_user(username=name) for name in ("Viewer", "Public")}


def cases(token: str) -> dict[str, tuple[str, str, dict[str, str]]]:
    past = datetime.now(UTC) - timedelta(hours=1)
    expired = resigned(token, exp=past, iat=past - timedelta(hours=1), nbf=past)
    payload = jwt.decode(token, options={"verify_signature": False})
    forged = jwt.encode(payload, "another secret that is long enough too", algorithm="HS512")
    unsigned = jwt.encode(payload, None, algorithm="none")
    return {
        "health, no token": ("GET", "/techpulse/health", {}),
        "live, no token": ("GET", "/techpulse/health/live", {}),
        "ready, no token": ("GET", "/techpulse/health/ready", {}),
        "health, garbage cookie": ("GET", "/techpulse/health", cookie("garbage")),
        "health, garbage bearer": ("GET", "/techpulse/health", bearer("garbage")),
        "health, head": ("HEAD", "/techpulse/health", {}),
        "api, no token": ("GET", API, {}),
        "api, post without token": ("POST", API, {}),
        "static, no token": ("GET", ICON, {}),
        "unknown path, no token": ("GET", "/techpulse/nope", {}),
        "api, basic auth": ("GET", API, {"Authorization": "Basic dmlld2VyOng="}),
        "api, valid bearer": ("GET", API, bearer(token)),
        "api, valid cookie": ("GET", API, cookie(token)),
        "static, valid bearer": ("GET", ICON, bearer(token)),
        "page, valid cookie": ("GET", PAGE, cookie(token) | BROWSER),
        "unknown path, valid bearer": ("GET", "/techpulse/nope", bearer(token)),
        "api, expired bearer": ("GET", API, bearer(expired)),
        "api, expired cookie": ("GET", API, cookie(expired)),
        "api, garbage bearer": ("GET", API, bearer("garbage")),
        "api, garbage cookie": ("GET", API, cookie("garbage")),
        "api, forged signature": ("GET", API, bearer(forged)),
        "api, no signature": ("GET", API, bearer(unsigned)),
        "api, valid cookie and garbage bearer": ("GET", API, cookie(token) | bearer("garbage")),
        "page, browser without token": ("GET", f"{PAGE}?role=backend", BROWSER),
        "page, browser with expired token": ("GET", PAGE, BROWSER | cookie(expired)),
        "page, post by a browser": ("POST", PAGE, BROWSER),
        "trick, double slash": ("GET", "/techpulse//health/../api/v1/insights", {}),
        "trick, encoded dots": ("GET", "/techpulse/health/%2e%2e/api/v1/insights", {}),
        "trick, encoded slash": ("GET", "/techpulse/health%2f..%2fapi/v1/insights", {}),
        "trick, semicolon": ("GET", "/techpulse/health;/../api/v1/insights", {}),
        "trick, trailing slash": ("GET", "/techpulse/health/", {}),
        "trick, upper case": ("GET", "/techpulse/HEALTH", {}),
    }


def websocket_code(client: TestClient, path: str) -> int | None:
    """With which code an upgrade is refused; None where it is accepted."""
    try:
        with client.websocket_connect(path):
            return None
    except WebSocketDisconnect as refused:
        return refused.code


def main(kind: str) -> dict[str, Any]:
    people = users(kind)
    from airflow.api_fastapi.app import create_app, get_auth_manager

    with TestClient(create_app(), follow_redirects=False) as client:
        manager = get_auth_manager()
        tokens = {name: manager.generate_jwt(person) for name, person in people.items()}
        token = tokens["viewer"]
        asked = cases(token)
        if "public" in tokens:
            asked["api, role without permissions"] = ("GET", API, bearer(tokens["public"]))
            asked["health, role without permissions"] = (
                "GET",
                "/techpulse/health",
                bearer(tokens["public"]),
            )
        found = {}
        for name, (method, path, headers) in asked.items():
            answer = client.request(method, path, headers=headers)
            found[name] = {
                "status": answer.status_code,
                "headers": dict(answer.headers),
                "body": answer.text[:4_000],
            }
        websockets = {path: websocket_code(client, path) for path in (API, PAGE, ICON, HEALTH)}
        views = client.get("/api/v2/plugins", headers=bearer(token))
        errors = client.get("/api/v2/plugins/importErrors", headers=bearer(token))
        revoked = None
        if kind == "simple":
            client.get("/api/v2/auth/logout", headers=cookie(token))
            revoked = client.get(API, headers=bearer(token)).status_code
    return {
        "answers": found,
        "websockets": websockets,
        "plugins": views.json(),
        "import_errors": errors.json(),
        "after_logout": revoked,
    }


if __name__ == "__main__":
    print("ANSWERS " + json.dumps(main(sys.argv[1])))
