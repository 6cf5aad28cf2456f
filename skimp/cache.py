"""Results in ``build/cache``, by the hash of all that they depend on, so nothing is made twice.

An entry is a JSON file with the record and a checksum of it. What cannot be read, or does not hold
what was written, is reported on stderr and counts as missing, so it is made again.
"""

import hashlib
import json
import logging
from collections.abc import Collection
from pathlib import Path
from threading import Lock
from typing import Any

from hw.emit import write_whole

__all__ = ["CACHE", "entry", "read", "write"]

CACHE = Path("build/cache")
# Without handlers of the caller's own, Python prints warnings on stderr, a line each.
LOG = logging.getLogger("skimp")
# Threads of a process write to the same file beside an entry.
WRITING = Lock()


def entry(kind: str, *parts: str) -> str:
    """Give the name of the entry of a ``kind`` of results that depends on all ``parts``."""
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()
    return f"{kind}-{digest[:32]}"


def read(name: str, fields: Collection[str] | None = None) -> dict[str, Any] | None:
    """Give the record of entry ``name``; None where there is none that is whole.

    ``fields`` are the names that the record should have, where ``name`` does not depend on them.
    """
    path = _path(name)
    try:
        content = json.loads(path.read_text())
        record = content["record"]
        if (content["checksum"] == _checksum(record) and isinstance(record, dict)
                and (fields is None or set(record) == set(fields))):
            return record
    except FileNotFoundError:
        return None
    except (OSError, ValueError, LookupError, TypeError):
        pass                                    # damaged in whatever way: one sentence for all
    LOG.warning("skimp: the cache entry %s is damaged; what it held is made again", path)
    return None


def write(name: str, record: dict[str, Any]) -> None:
    """Keep ``record``, of which JSON gives back what went in, as entry ``name``."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with WRITING:
        write_whole(_path(name), json.dumps({"checksum": _checksum(record), "record": record}))


def _path(name: str) -> Path:
    return CACHE / f"{name}.json"


def _checksum(record: Any) -> str:
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()
