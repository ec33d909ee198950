"""What goes over the wire."""

from __future__ import annotations

import json

from sample.wire import encode


def test_what_utf_8_cannot_hold_is_escaped_and_its_neighbours_are_not() -> None:
    value = {"broken": "half \ud83d of a pair", "whole": "€95k – €110k"}
    body = encode(value)
    assert json.loads(body) == value
    assert "€95k – €110k".encode() in body
