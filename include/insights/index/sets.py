"""Sets of positions as roaring bitmaps (https://roaringbitmap.org), from integers and back.

An integer adds with carries, which folds groups of neighbours (Groups); a roaring bitmap counts
what it has in common with another in microseconds, and has two bytes for a rare position. Both
conversions copy whole containers of the portable format
(https://github.com/RoaringBitmap/RoaringFormatSpec): 0.5 ms at a million positions, however many
are in the set.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterable
from hashlib import blake2b
from itertools import accumulate, chain, repeat

from pyroaring import BitMap

__all__ = ["bits_at", "bits_of", "bytes_of", "digest", "positions", "roaring_at", "roaring_of"]

_COOKIE = 12346
"""Of a bitmap whose containers are arrays or bitmaps, none of them runs."""
_BITS = 1 << 16
"""Of a container."""
_BYTES = _BITS // 8
_FULL = (1 << _BITS) - 1
_MOST_IN_ARRAY = 4_096
"""A container of so few positions is an array, which is no copy of bits: it is turned around."""
_ONE = ord("1")
_FEW_SHARE = 32
"""Below one position in this many, each sets a bit."""


def roaring_of(bits: int) -> BitMap:
    """Return the set of an integer's bits."""
    raw = bits.to_bytes(-(-bits.bit_length() // _BITS) * _BYTES, "little")
    keys, containers, turned = [], [], []
    for key in range(len(raw) // _BYTES):
        container = raw[key * _BYTES : (key + 1) * _BYTES]
        part = int.from_bytes(container, "little")
        count = part.bit_count()
        if 0 < count <= _MOST_IN_ARRAY:
            turned.append(key)
            container, count = (part ^ _FULL).to_bytes(_BYTES, "little"), _BITS - count
        if count:
            keys += [key, count - 1]
            containers.append(container)
    found = BitMap.deserialize(_head(keys) + b"".join(containers))
    for key in turned:
        found.flip_inplace(key * _BITS, (key + 1) * _BITS)
    return found


def positions(bits: int) -> array[int]:
    """Return the positions of an integer's bits, ascending."""
    # At a million positions a fifth of the time of include/serving/bits.py, however many are set.
    return roaring_of(bits).to_array()


def _head(keys: list[int]) -> bytes:
    """Return what stands before the containers; ``keys`` has number and size less one of each."""
    count = len(keys) // 2
    start = 8 + 8 * count
    starts = accumulate(repeat(_BYTES, count - 1), initial=start) if count else ()
    return struct.pack(f"<II{2 * count}H{count}I", _COOKIE, count, *keys, *starts)


def bits_of(found: BitMap) -> int:
    """Return a set as an integer."""
    if not found:
        return 0
    # copy() would make runs of some containers.
    turned, copied, size = BitMap(found, optimize=False), [], found.max() + 1
    keys = range(-(-size // _BITS))
    counts = [found.range_cardinality(key * _BITS, (key + 1) * _BITS) for key in keys]
    mask = 0
    for key in keys:
        if 0 < counts[key] <= _MOST_IN_ARRAY:
            turned.flip_inplace(key * _BITS, (key + 1) * _BITS)
            mask |= _FULL << key * _BITS
        if counts[key]:
            copied.append(key)
    raw = turned.serialize()
    if raw[:2] != _COOKIE.to_bytes(2, "little"):  # some container has runs
        return bits_at([found], size)
    parts, at = [bytes(_BYTES)] * len(keys), 8 + 8 * len(copied)
    for key in copied:
        parts[key] = raw[at : at + _BYTES]
        at += _BYTES
    return int.from_bytes(b"".join(parts), "little") ^ mask


def bits_at(groups: Iterable[Iterable[int]], size: int) -> int:
    """Return the set of all positions of the groups, all below ``size``, as an integer."""
    found = [*chain.from_iterable(groups)]
    if len(found) * _FEW_SHARE < size:
        raw = bytearray(-(-size // 8))
        for position in found:
            raw[position >> 3] |= 1 << (position & 7)
        return int.from_bytes(raw, "little")
    # Set digits, then parse them in C: setting so many bits takes three times as long.
    digits = bytearray(b"0") * size
    for position in found:
        digits[position] = _ONE
    digits.reverse()
    return int(digits, 2) if size else 0


def roaring_at(positions: array[int]) -> BitMap:
    """Return the set of these positions, unsigned integers of four bytes."""
    # Without runs, whose containers bits_of() cannot copy.
    return BitMap(positions, optimize=False)


def bytes_of(found: BitMap) -> int:
    """Return the memory that the containers of a set take."""
    sizes = found.get_statistics()
    parts = sizes["n_bytes_array_containers"], sizes["n_bytes_bitset_containers"]
    return sum(parts) + sizes["n_bytes_run_containers"]


def digest(found: BitMap | int) -> bytes:
    """Return what stands for a set in the key of a cache: 16 bytes, not the set.

    Equal roaring bitmaps may have two, if their containers differ in kind.
    """
    if isinstance(found, int):
        raw = found.to_bytes(-(-found.bit_length() // 8), "little")
    else:
        raw = found.serialize()
    return blake2b(raw, digest_size=16).digest()
