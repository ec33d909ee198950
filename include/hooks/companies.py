"""HTTP clients of companies' boards, polite over all processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

from airflow.sdk import Connection
from airflow.sdk.exceptions import AirflowNotFoundException

from include.hooks.http_source import base_url_of
from include.http.client import HttpClient
from include.settings import Settings, get_settings
from include.sources.system import Home, System
from include.state.budget import CallBudget, CallLimit
from include.state.in_flight import InFlight
from include.state.store import open_state

__all__ = ["board_clients"]

Clients = Callable[[str], Sequence[HttpClient]]
"""Return the clients of a board, one for each home of its system."""


@contextmanager
def board_clients(system: System) -> Iterator[Clients]:
    """Yield the clients of a system's boards; they are closed at the end of the block.

    All of them share one rate and one number of requests in flight, over all processes: a vendor
    serves its tenants' hosts from the same machines. A home's connection replaces its host; of a
    home with a host per board, the board is then the first part of the path.
    """
    settings = _settings_of(system, get_settings())
    state = open_state(f"company_boards_{system.name}", settings)
    limit = CallLimit(settings.company_requests_per_second, 1)
    budget = CallBudget(state, [limit], record=system.name)
    in_flight = InFlight(
        state,
        settings.company_requests_in_flight,
        ttl_seconds=2 * settings.http_total_timeout_seconds,
    )
    replaced = {home.connection: _replaced(home) for home in system.homes}
    made: dict[str, HttpClient] = {}
    with ExitStack() as stack:

        def client(base_url: str) -> HttpClient:
            if base_url not in made:
                made[base_url] = stack.enter_context(
                    HttpClient(
                        base_url,
                        max_attempts=max(1, settings.http_max_attempts - 1),
                        connections=settings.company_requests_in_flight,
                        before_try=budget.take,
                        in_flight=in_flight.hold,
                        settings=settings,
                    )
                )
            return made[base_url]

        def clients(board: str) -> list[HttpClient]:
            return [client(_address(system, home, board, replaced)) for home in system.homes]

        yield clients


def _settings_of(system: System, settings: Settings) -> Settings:
    """Return the settings with the system's own timeout, if it is longer."""
    longer = max(system.read_timeout_seconds, settings.http_read_timeout_seconds)
    return settings.model_copy(update={"http_read_timeout_seconds": longer})


def _replaced(home: Home) -> str | None:
    """Return the host of the home's connection; None if there is no connection."""
    try:
        Connection.get(home.connection)
    except AirflowNotFoundException:
        return None
    return base_url_of(home.connection, home.url).rstrip("/")


def _address(system: System, home: Home, board: str, replaced: dict[str, str | None]) -> str:
    own = replaced[home.connection]
    if own is None:
        return system.address(home, board)
    return f"{own}/{board}" if "{board}" in home.url else own
