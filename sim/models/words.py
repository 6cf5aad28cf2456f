"""Packing of payloads: from arrays to the words of a port, and back."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["fields_of", "pack", "unpack"]


def fields_of(port: Mapping[str, Any]) -> Mapping[str, Sequence[int]]:
    """Return the place of each field of a port, ``[low, width]``; by default ``payload``."""
    return port.get("fields", {"payload": [0, port["width"]]})


def pack(port: Mapping[str, Any], **fields: ArrayLike) -> list[int]:
    """Pack an array per field into the words of a port.

    ``port`` is its record in the manifest. An array has a row per item and a column per element,
    element 0 lowest, or a single dimension. A port without fields is all ``payload``.
    """
    places = fields_of(port)
    if fields.keys() != places.keys():
        raise ValueError(f"Fields must be {', '.join(places)}, not {', '.join(fields)}")
    columns = []
    for name, (_low, width) in sorted(places.items(), key=lambda place: place[1][0]):
        values = np.asarray(fields[name])
        values = values.reshape(len(values), -1).astype(np.uint64)
        bits = values[..., None] >> np.arange(width // values.shape[1], dtype=np.uint64) & 1
        columns.append(bits.reshape(len(values), width).astype(np.uint8))
    data = np.packbits(np.hstack(columns), axis=1, bitorder="little")
    return [int.from_bytes(row.tobytes(), "little") for row in data]


def unpack(port: Mapping[str, Any], words: Sequence[int], field: str = "payload",
           elements: int | None = None) -> NDArray[np.int64]:
    """Unpack a field of words, the inverse of `pack`: (words, elements), else (words,)."""
    low, width = fields_of(port)[field]
    size = -(-port["width"] // 8)
    data = np.frombuffer(b"".join(word.to_bytes(size, "little") for word in words), dtype=np.uint8)
    bits = np.unpackbits(data.reshape(len(words), size), axis=1, bitorder="little")
    each = width // (elements or 1)
    bits = bits[:, low:low + width].reshape(len(words), elements or 1, each)
    values = bits @ (1 << np.arange(each, dtype=np.int64))
    return values if elements else values[:, 0]
