"""What the sample server answers: one function a kind of request, nothing of the wire."""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Callable

from sample.board_routes import BoardRoutes
from sample.company_answers import CompanyRoutes
from sample.faults import Faults
from sample.theirstack import TheirStack
from sample.wire import Answer, Request, encode
from sample.world import World

__all__ = ["Routes"]

_ITEM = re.compile(r"/v0/item/(\d+)\.json")
_USER = re.compile(r"/v0/user/([^/]+)\.json")
_CACHED_ITEMS = 50_000  # about 60 MB


class Routes:
    """Answers requests about a world."""

    def __init__(
        self,
        world: World,
        faults: Faults,
        *,
        api_key: str = "sample-key",
        credits: int = 1_000_000,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.world, self.faults = world, faults
        self.theirstack = TheirStack(world, faults, clock, api_key, credits)
        self._paths = BoardRoutes(world, faults, clock).paths | {
            "/v1/jobs/search": self.theirstack.search,
            "/v0/billing/credit-balance": self.theirstack.balance,
        }
        self.companies = CompanyRoutes(world.companies, lambda: world.today)
        self._bodies: OrderedDict[int, bytes] = OrderedDict()
        self._version = world.version

    def answer(self, request: Request) -> Answer:
        """Return the answer to a request as a healthy upstream gives it."""
        path = request.path
        if found := _ITEM.fullmatch(path):
            return self._item(int(found[1]))
        if found := _USER.fullmatch(path):
            return Answer("user", encode(self.world.user(found[1])))
        if path == "/v0/maxitem.json":
            return Answer("maxitem", encode(self.world.max_item()))
        if path.startswith("/ats/"):
            return self.companies.answer(request)
        if board := self._paths.get(path):
            return board(request)
        return Answer("unknown", b'{"error":"not found"}', 404)

    def _item(self, item_id: int) -> Answer:
        if item_id in self.faults.unauthorized_items:
            return Answer("item", b'{"error":"Permission denied"}', 401)
        if self._version != self.world.version:
            self._bodies.clear()
            self._version = self.world.version
        body = self._bodies.get(item_id)
        if body is None:
            family = self.world.family(item_id)
            self._bodies.update((key, encode(item)) for key, item in family.items())
            body = self._bodies.setdefault(item_id, b"null")
            while len(self._bodies) > _CACHED_ITEMS:
                self._bodies.popitem(last=False)
        return Answer("item", body)
