"""Results in ``build/cache``, by the hash of all that they depend on, so nothing is made twice.

The environment variable ``SKIMP_CACHE`` names another folder. An entry is a JSON file with the
record and a checksum of its name and the record. A damaged entry is reported on stderr and counts
as missing. A folder that cannot be written is reported once, and nothing is kept.
"""

import hashlib
import json
import logging
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

from skimp.golden.files import read_file
from skimp.hw.emit import write_whole
from skimp.jobs.documents import LARGEST, from_json, to_json

__all__ = ["entry", "folder", "is_marked", "mark", "read", "write"]

# A part of every name, so that entries of older versions are not read.
FORMAT = "2"
# By default Python prints warnings on stderr, a line each.
LOG = logging.getLogger("skimp")
# Folders that were reported as not writable.
TOLD: set[Path] = set()


def folder() -> Path:
    """Return the folder of the cache."""
    return Path(os.environ.get("SKIMP_CACHE") or "build/cache")


def entry(kind: str, *parts: str) -> str:
    """Return the name of an entry for a ``kind`` of result that depends on ``parts``."""
    digest = hashlib.sha256("\0".join((FORMAT, *parts)).encode()).hexdigest()
    return f"{kind}-{digest[:32]}"


def read(name: str) -> dict[str, Any] | None:
    """Return the record of entry ``name``; None if it is missing or damaged."""
    path = _path(name)
    try:
        content = from_json(read_file(path, LARGEST))
        record = content["record"]
        if content["checksum"] == _checksum(name, record) and isinstance(record, dict):
            return record
    except IsADirectoryError:
        pass
    except OSError:                             # it is missing, or not readable
        return None
    except (ValueError, LookupError, TypeError):
        pass                                    # damaged in any way: one sentence for all
    LOG.warning("skimp: the cache entry %s is damaged; what it held is made again", path)
    return None


def write(name: str, record: Any) -> None:
    """Keep ``record``, which is an object in JSON, as entry ``name``."""
    record = json.loads(to_json(record))        # what is not finite is null
    content = to_json({"checksum": _checksum(name, record), "record": record})
    _keep(lambda: write_whole(_path(name), content))


def mark(name: str) -> None:
    """Record that ``name`` was done."""
    _keep((folder() / name).touch)


def is_marked(name: str) -> bool:
    """Return whether ``name`` was done."""
    try:
        return (folder() / name).exists()
    except OSError:
        return False


def _keep(write_: Callable[[], object]) -> None:
    place = folder()
    try:
        place.mkdir(parents=True, exist_ok=True)
        write_()
    except OSError as error:
        if place not in TOLD:
            TOLD.add(place)
            LOG.warning("skimp: nothing is kept in the cache %s, where it cannot be written: %s; "
                        "SKIMP_CACHE names another folder", place, error.strerror)


def _path(name: str) -> Path:
    return folder() / f"{name}.json"


def _checksum(name: str, record: Any) -> str:
    return hashlib.sha256(f"{name}\0{json.dumps(record, sort_keys=True)}".encode()).hexdigest()
