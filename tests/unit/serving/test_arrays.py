"""Columns as arrays of numbers, as the index stores them."""

from __future__ import annotations

from array import array

import pyarrow as pa
import pytest

from include.serving.arrays import packed


@pytest.mark.parametrize(
    ("kind", "code"), [("uint16", "H"), ("uint32", "I"), ("int64", "q"), ("float64", "d")]
)
def test_a_column_becomes_an_array_whatever_its_chunks(kind: str, code: str) -> None:
    whole = pa.array(range(9), pa.int64())
    for column in (pa.chunked_array([whole[2:5], whole[5:]]), pa.chunked_array([whole[2:]])):
        assert packed(column, kind) == array(code, range(2, 9)).tobytes()
    assert packed(pa.chunked_array([], pa.int64()), kind) == b""


def test_a_null_or_a_number_too_large_is_refused() -> None:
    with pytest.raises(ValueError, match="1 nulls"):
        packed(pa.chunked_array([[1, None]]), "uint32")
    with pytest.raises(pa.ArrowInvalid):
        packed(pa.chunked_array([[70_000]]), "uint16")
