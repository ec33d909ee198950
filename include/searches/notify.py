"""Send a message by any Airflow notifier, whose credentials are in Airflow connections.

https://airflow.apache.org/docs/apache-airflow/stable/howto/notifications.html
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from importlib import import_module
from typing import Any

from include.errors import ConfigurationError, DeliveryError
from include.searches.definition import SavedSearch
from include.searches.message import News

__all__ = ["Send", "connections", "notifier_of"]

Send = Callable[[News], None]

_DEFAULTS: dict[str, Any] = {
    "subject": "{{ news.subject }}",
    "html_content": "{{ news.html }}",
    "text": "{{ news.chat }}",
}
"""What a notifier is given that takes such an argument, unless the operator says otherwise."""
# A repeat has the same Message-ID, by which mail servers and clients drop it. RFC 3834, section 5:
# out-of-office replies are not sent to what is marked as automatic.
_HEADERS = {"Message-ID": "{{ news.message_id }}", "Auto-Submitted": "auto-generated"}


def notifier_of(search: SavedSearch) -> Send:
    """Return the function that sends a message by the search's notifier.

    Raises ConfigurationError where the notifier cannot be imported or takes other arguments. The
    function raises DeliveryError when the message could not be sent, and ConfigurationError for a
    template that is none.
    """
    kind = _class_of(search)
    arguments = _arguments(kind, search.kwargs)
    # Created now, to find a wrong argument before a message is under way; rendering changes an
    # instance, so that each message needs its own.
    _create(kind, arguments, search)
    return lambda news: _send(_create(kind, arguments, search), news, search)


def connections(search: SavedSearch) -> list[str]:
    """Return the Airflow connections that a search's notifier is given, or has by default."""
    given = search.kwargs | {
        name: one.default
        for name, one in _parameters(_class_of(search)).items()
        if name not in search.kwargs
    }
    named = [v for k, v in given.items() if k.endswith("conn_id") and isinstance(v, str)]
    # SmtpNotifier's own default is None: it takes the configuration's, else this one.
    return named or ["smtp_default"]


def _class_of(search: SavedSearch) -> type[Any]:
    from airflow.sdk import BaseNotifier

    module, _, name = (search.notifier or "").rpartition(".")
    try:
        kind = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise _unusable(search, f"it cannot be imported: {error}") from error
    if not (isinstance(kind, type) and issubclass(kind, BaseNotifier)):
        raise _unusable(search, "it is not an Airflow notifier")
    return kind


def _parameters(kind: type[Any]) -> dict[str, inspect.Parameter]:
    return dict(inspect.signature(kind).parameters)


def _arguments(kind: type[Any], given: dict[str, Any]) -> dict[str, Any]:
    taken = _parameters(kind)
    arguments = {name: value for name, value in _DEFAULTS.items() if name in taken} | given
    if "custom_headers" in taken:
        arguments["custom_headers"] = {**(given.get("custom_headers") or {}), **_HEADERS}
    return arguments


def _create(kind: type[Any], arguments: dict[str, Any], search: SavedSearch) -> Any:
    try:
        return kind(**arguments)
    except (TypeError, ValueError) as error:
        raise _unusable(search, f"its kwargs do not fit: {error}") from error


def _send(notifier: Any, news: News, search: SavedSearch) -> None:
    from airflow.sdk.log import redact  # type: ignore[attr-defined]
    from jinja2 import TemplateError

    try:
        # Nothing of the run: a message that is sent again is the same.
        notifier({"news": news})
    except TemplateError as error:
        raise _unusable(search, f"a template in its kwargs is wrong: {error}") from error
    except Exception as error:
        # A notifier raises whatever its service's client raises: all of it is tried again. Its text
        # may repeat what the connection hides, as the address of a webhook does.
        why = f"{type(error).__name__}: {redact(str(error))}"
        raise DeliveryError(
            f"The saved search {search.name!r} could not be sent: {why}",
            record=search.notifier,
            next_step="check the notifier's Airflow connection by `python -m include.cli searches "
            f"test {search.name}`; the message is sent again with the next run.",
        ) from error


def _unusable(search: SavedSearch, why: str) -> ConfigurationError:
    return ConfigurationError(
        f"The notifier of the saved search {search.name!r} cannot be used: {why}",
        record=search.notifier,
        next_step="correct notifier and kwargs, or install the notifier's provider, then "
        f"`python -m include.cli searches test {search.name}`.",
    )
