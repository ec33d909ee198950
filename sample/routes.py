"""What the sample server answers: one function a kind of request, nothing of the wire."""

from __future__ import annotations

import json
import re
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from sample.faults import Faults
from sample.world import World

__all__ = ["Answer", "Request", "Routes", "encode"]

_ITEM = re.compile(r"/v0/item/(\d+)\.json")
_USER = re.compile(r"/v0/user/([^/]+)\.json")
_CACHED_ITEMS = 50_000  # about 60 MB


@dataclass(frozen=True, slots=True)
class Request:
    """One request, as far as the routes care."""

    method: str
    path: str
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)  # names in lower case
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer."""

    kind: str
    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


def encode(value: Any) -> bytes:
    """Return compact JSON in UTF-8; text that UTF-8 cannot hold is escaped, as real APIs do."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        return text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode()


class Routes:
    """Answers requests about a world."""

    def __init__(self, world: World, faults: Faults) -> None:
        self.world, self.faults = world, faults
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
        return Answer("unknown", b'{"error":"not found"}', 404)

    def _item(self, item_id: int) -> Answer:
        if item_id in self.faults.unauthorized_items:
            return Answer("item", b'{"error":"Permission denied"}', 401)
        if self._version != self.world.version:
            self._bodies.clear()
            self._version = self.world.version
        body = self._bodies.get(item_id)
        if body is None:
            for key in self.world.family(item_id):
                self._bodies[key] = encode(self.world.item(key))
            body = self._bodies.setdefault(item_id, encode(self.world.item(item_id)))
            while len(self._bodies) > _CACHED_ITEMS:
                self._bodies.popitem(last=False)
        return Answer("item", body)
