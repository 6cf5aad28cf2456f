"""From a TOML file to configurations: everything is checked here, before any work starts."""

import itertools
import math
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from skimp.catalogue.ranges import CLOCK_NS, shown
from skimp.catalogue.rows import CATALOGUE
from skimp.catalogue.selection import Selected, select
from skimp.cli.flags import check_blocks, value_type
from skimp.golden.files import read_file

__all__ = ["Point", "read"]

# More than anybody waits for: a slip of the pen.
MOST = 100_000
LARGEST = 10_000_000    # bytes of a file
NAMES = ("block", "config", "clock_ns")
KINDS = {int: "an integer", bool: "true or false", str: "a string",
         tuple: "a list of integers, or a list of such lists"}


@dataclass(frozen=True)
class Point:
    """A configuration at a clock in ns, and the number of the grid, from 1, that asks for it."""

    grid: int
    selected: Selected
    clock_ns: float


def read(path: Path) -> list[Point]:
    """Read the points that the file at ``path`` asks for, none twice; see `skimp.sweep`.

    Raises
    ------
    ValueError
        If the file is not TOML, or asks for what there is not.
    OSError
        If there is no such file.
    """
    document = _toml(path)
    for name in document:
        if name != "grid":
            raise ValueError(f"{path}: unknown key {name!r}; a sweep has only [[grid]] tables")
    grids = document.get("grid")
    if not grids or not isinstance(grids, list) or not all(isinstance(one, dict) for one in grids):
        raise ValueError(f"{path} has no grid; begin each with a line [[grid]]")
    points: dict[Any, Point] = {}
    for number, grid in enumerate(grids, 1):
        try:
            for selected, clock_ns in _product(grid):
                identity = (selected.block.name, repr(selected.params), clock_ns)
                points.setdefault(identity, Point(number, selected, clock_ns))
                if len(points) > MOST:
                    raise ValueError(f"more than {MOST:,} configurations; make several files of it")
        except ValueError as error:
            raise ValueError(f"{path}, grid {number}: {error}") from error
    return list(points.values())


def _toml(path: Path) -> dict[str, Any]:
    """Read a file of TOML."""
    try:
        content = read_file(path, LARGEST)
    except ValueError as error:
        raise ValueError(f"{path} is {error}") from error
    try:
        return tomllib.loads(content.decode())
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not TOML: its byte {error.start + 1} is no UTF-8 text; save "
                         "it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path} is not TOML: {error}") from error
    except RecursionError as error:
        raise ValueError(f"{path} is nested too deeply: a sweep has only [[grid]] tables with "
                         "values and lists") from error
    except ValueError as error:                 # Python makes no integer of so many digits
        raise ValueError(f"{path} has a number of thousands of digits: no parameter is so "
                         "large") from error


def _product(grid: dict[str, Any]) -> Iterator[tuple[Selected, float]]:
    """Give the configurations of a grid, each with its clock."""
    if "block" not in grid:
        raise ValueError(f"block is missing; it is one of {', '.join(CATALOGUE)}")
    blocks = _alternatives("block", grid["block"], str)
    check_blocks(blocks)
    configs = _alternatives("config", grid["config"], str) if "config" in grid else [None]
    clocks = _clocks(grid["clock_ns"]) if "clock_ns" in grid else [None]
    written = {name: value for name, value in grid.items() if name not in NAMES}
    flags = {block: _flags(block, written) for block in blocks}
    if sum(math.prod(map(len, (configs, clocks, *values.values()))) for values in flags.values()
           ) > MOST:
        raise ValueError(f"more than {MOST:,} configurations; make several files of it")
    for block in blocks:
        points = itertools.product(configs, itertools.product(*flags[block].values()), clocks)
        for config, values, clock_ns in points:
            for selected in select((block,), config, dict(zip(flags[block], values, strict=True))):
                yield selected, clock_ns or selected.block.clock_ns


def _flags(block: str, written: dict[str, Any]) -> dict[str, list[Any]]:
    """Give the values that ``written`` lists of the parameters of ``block``, by its types."""
    known = {field.name: value_type(field) for field in fields(CATALOGUE[block].parameters)}
    # What is not known `select` refuses.
    return {name: _alternatives(name, value, known[name]) if name in known else [value]
            for name, value in written.items()}


def _alternatives(name: str, value: Any, kind: type) -> list[Any]:
    """Give the values that ``value`` stands for: itself, or what it lists."""
    if kind is not tuple:
        values = value if isinstance(value, list) else [value]
    elif isinstance(value, list):
        lists = value if value and all(isinstance(item, list) for item in value) else [value]
        values = [tuple(item) for item in lists]
    else:
        values = [value]
    if not values:
        raise ValueError(f"{name} is an empty list; give it a value or leave it out")
    for one in values:
        # In Python True is an integer; here it is not.
        if type(one) is not kind or kind is tuple and any(type(item) is not int for item in one):
            raise ValueError(f"{name} must be {KINDS[kind]}, not {_shown(one)}")
    return values


def _clocks(value: Any) -> list[float]:
    clocks = value if isinstance(value, list) else [value]
    if not clocks:
        raise ValueError("clock_ns is an empty list; give it a value or leave it out")
    return [CLOCK_NS.check("clock_ns", clock) for clock in clocks]


def _shown(value: Any) -> str:
    return shown(list(value) if isinstance(value, tuple) else value)
