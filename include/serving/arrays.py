"""Numbers between Arrow and the bytes that the index stores, without a Python object each."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["booleans", "numbers_of", "packed", "uint32"]


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


def booleans(bits: int, size: int) -> Any:
    """Return whether each position below ``size`` is in a set, as an Arrow array."""
    import pyarrow as pa

    raw = bits.to_bytes(-(-size // 8), "little")
    return pa.Array.from_buffers(pa.bool_(), size, [None, pa.py_buffer(raw)])


def numbers_of(found: Any) -> array[int]:
    """Return an Arrow array of unsigned integers of four bytes, without nulls, as an array."""
    numbers = array("I")
    raw = memoryview(found.buffers()[1]).cast("B")
    numbers.frombytes(raw[4 * found.offset : 4 * (found.offset + len(found))])
    return numbers
