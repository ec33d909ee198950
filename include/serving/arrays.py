"""Numbers between Arrow and the bytes that the index stores, without a Python object each."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["packed", "uint32"]


def packed(column: pa.ChunkedArray, kind: str) -> bytes:
    """Return a column as an array of numbers, of Arrow's type ``kind``.

    Raises ArrowInvalid if a number is too large, and ValueError if there is a null.
    """
    if column.null_count:
        raise ValueError(f"{column.null_count} nulls among the numbers of the index")
    numbers = column.cast(kind).combine_chunks()
    width = numbers.type.bit_width // 8
    start, size = numbers.offset * width, len(numbers) * width
    return bytes(memoryview(numbers.buffers()[1])[start : start + size]) if size else b""


def uint32(numbers: array[int]) -> Any:
    """Return unsigned integers of four bytes as an Arrow array, which shares their memory."""
    import pyarrow as pa

    return pa.Array.from_buffers(pa.uint32(), len(numbers), [None, pa.py_buffer(numbers)])
