"""From a TOML file to configurations: everything is checked here, before any work starts."""

import itertools
import math
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from skimp.catalogue import CATALOGUE
from skimp.options import value_type
from skimp.select import Selected, select

__all__ = ["Point", "read"]

# More than anybody waits for: a slip of the pen.
MOST = 100_000
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
    try:
        document = tomllib.loads(path.read_bytes().decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is not TOML: {error}") from error
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
        except ValueError as error:
            raise ValueError(f"{path}, grid {number}: {error}") from error
    return list(points.values())


def _product(grid: dict[str, Any]) -> Iterator[tuple[Selected, float]]:
    """Give the configurations of a grid, each with its clock."""
    if "block" not in grid:
        raise ValueError(f"block is missing; it is one of {', '.join(CATALOGUE)}")
    blocks = _alternatives("block", grid["block"], str)
    known = {field.name: value_type(field) for block in blocks if block in CATALOGUE
             for field in fields(CATALOGUE[block].parameters)}
    configs = _alternatives("config", grid["config"], str) if "config" in grid else [None]
    clocks = _clocks(grid["clock_ns"]) if "clock_ns" in grid else [None]
    # What is not known `select` refuses.
    flags = {name: _alternatives(name, value, known[name]) if name in known else [value]
             for name, value in grid.items() if name not in NAMES}
    lists = [blocks, configs, *flags.values(), clocks]
    if math.prod(map(len, lists)) > MOST:
        raise ValueError(f"more than {MOST:,} configurations; make several files of it")
    for block, config, *values, clock_ns in itertools.product(*lists):
        for selected in select((block,), config, dict(zip(flags, values, strict=True))):
            yield selected, clock_ns or selected.block.clock_ns


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
    for clock in clocks:
        if type(clock) not in (int, float) or not 0.01 <= clock < math.inf:
            raise ValueError(f"clock_ns must be 0.01 or more, in ns, not {_shown(clock)}")
    if not clocks:
        raise ValueError("clock_ns is an empty list; give it a value or leave it out")
    return [float(clock) for clock in clocks]


def _shown(value: Any) -> str:
    return repr(list(value) if isinstance(value, tuple) else value)
