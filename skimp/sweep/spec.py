"""From a TOML file to jobs; everything is checked here, before any work starts."""

import itertools
import math
import tomllib
from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from skimp.catalogue.ranges import CLOCK_NS, Range, shown
from skimp.catalogue.rows import CATALOGUE
from skimp.catalogue.selection import select
from skimp.cli.flags import check_blocks, value_type
from skimp.golden.arithmetic import parse_scheme
from skimp.golden.files import read_file
from skimp.golden.nets.network import SHIPPED, shipped
from skimp.golden.workloads.packets import ORDERS, extents
from skimp.jobs.job import Job
from skimp.power.measure import Compared, feed_of
from skimp.silicon.area import Area
from skimp.silicon.library import Library
from skimp.sweep.real import Accuracy, Traffic

__all__ = ["Point", "read"]

# More rows are a mistake.
MOST = 100_000
LARGEST = 10_000_000    # bytes of a file
MEASURES = ("area", "energy", "accuracy", "traffic")
# Keys of a grid beside the parameters of blocks, by measure; the first two are required.
UNITS = {"block": str, "config": str, "clock_ns": float}
KEYS: dict[str, dict[str, type]] = {
    "area": UNITS, "energy": UNITS | {"layer": str, "amount": int, "every": int},
    "accuracy": {"net": str, "scheme": str, "images": int},
    "traffic": {"layer": str, "lanes": int, "net": str, "packet_order": str, "images": int,
                "filters": int}}
# Allowed values of keys that are no parameters of blocks.
ALLOWED: dict[str, Collection[str] | Range] = {
    "net": SHIPPED, "packet_order": tuple(ORDERS),
    "lanes": Range(1, 64, integer=True), "images": Range(1, 1000, integer=True),
    "filters": Range(1, 16, integer=True)}
KINDS = {int: "an integer", bool: "true or false", str: "a string",
         tuple: "a list of integers, or a list of such lists"}


@dataclass(frozen=True)
class Point:
    """A point of a grid, which becomes one row or several."""

    grid: int                               # number of the grid, from 1
    measure: str
    values: tuple[tuple[str, Any], ...]     # configuration and clock in ns, or keys of the grid

    def job(self, library: Library | None) -> Job[Any]:
        """Return the job that measures it."""
        values = dict(self.values)
        match self.measure:
            case "accuracy":
                return Accuracy(**values)
            case "traffic":
                return Traffic(**values)
        one, clock_ns = values.pop("one"), values.pop("clock_ns")
        if self.measure == "area":
            return Area(one, library, clock_ns)
        assert library, "energy needs one"
        return Compared(one, library, clock_ns, **values)


def read(path: Path, *, gated: bool = False) -> list[Point]:
    """Return the points of the file at ``path``, none twice; see `skimp.sweep`.

    If ``gated``, units are as `skimp.catalogue.selection.select` gives them where clocks are gated.

    Raises
    ------
    ValueError
        If the file is not TOML, or has a wrong key or value.
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
            measure = grid.pop("measure", "area")
            if measure not in MEASURES:
                raise ValueError(f"measure must be one of {', '.join(MEASURES)}, "
                                 f"not {shown(measure)}")
            for values in (_units(measure, grid, gated) if measure in ("area", "energy")
                           else _real(measure, grid)):
                one = values.get("one")
                identity = (measure, one and (one.block.name, repr(one.params)), *(
                    item for item in values.items() if item[0] != "one"))
                points.setdefault(identity, Point(number, measure, tuple(values.items())))
                _check_number(len(points))
        except ValueError as error:
            raise ValueError(f"{path}, grid {number}: {error}") from error
    return list(points.values())


def _toml(path: Path) -> dict[str, Any]:
    """Return the content of a TOML file."""
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


def _units(measure: str, grid: dict[str, Any], gated: bool) -> Iterator[dict[str, Any]]:
    """Yield the configurations of a grid, each with its clock and other keys."""
    if "block" not in grid:
        raise ValueError(f"block is missing; it is one of {', '.join(CATALOGUE)}")
    blocks = _alternatives("block", grid["block"], str)
    check_blocks(blocks)
    configs = _alternatives("config", grid["config"], str) if "config" in grid else [None]
    clocks = ([CLOCK_NS.check("clock_ns", clock) for clock in _listed("clock_ns", grid["clock_ns"])]
              if "clock_ns" in grid else [None])
    own = {name: _alternatives(name, grid[name], kind) for name, kind in KEYS[measure].items()
           if name in grid and name not in UNITS}
    written = {name: value for name, value in grid.items() if name not in KEYS[measure]}
    flags = {block: _flags(block, written) for block in blocks}
    _check_number(sum(math.prod(map(len, (configs, clocks, *values.values(), *own.values())))
                      for values in flags.values()))
    for block in blocks:
        points = itertools.product(configs, itertools.product(*flags[block].values()), clocks)
        for config, values, clock_ns in points:
            for one in select((block,), config, dict(zip(flags[block], values, strict=True)),
                              gated=gated):
                for others in itertools.product(*own.values()):
                    found = dict(zip(own, others, strict=True))
                    if measure == "energy":
                        feed_of(one, found.get("layer"), found.get("amount"),
                                found.get("every", 1))
                    yield {"one": one, "clock_ns": clock_ns or one.block.clock_ns, **found}


def _real(measure: str, grid: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the values of each point of a grid on accuracy or traffic."""
    keys = KEYS[measure]
    for name in grid:
        if name not in keys:
            raise ValueError(f"{measure} has no key {name!r}; it has measure, {', '.join(keys)}")
    for name in list(keys)[:2]:
        if name not in grid:
            raise ValueError(f"{name} is missing, of which {measure} is measured")
    values = {name: _alternatives(name, value, keys[name]) for name, value in grid.items()}
    for name, several in values.items():
        allowed = ALLOWED.get(name)
        for value in several:
            if isinstance(allowed, Range):
                allowed.check(name, value)
            elif allowed and value not in allowed:
                raise ValueError(f"{name} must be one of {', '.join(allowed)}, not {shown(value)}")
            elif name == "scheme":
                parse_scheme(value)
    _check_number(math.prod(map(len, values.values())))
    for chosen in itertools.product(*values.values()):
        found = dict(zip(values, chosen, strict=True))
        if measure == "traffic":
            layers = extents(shipped(found.get("net", "lenet5")))
            if found["layer"] not in layers:
                raise ValueError(f"layer must be one of {', '.join(layers)}, "
                                 f"not {shown(found['layer'])}")
        yield found


def _check_number(count: int) -> None:
    if count > MOST:
        raise ValueError(f"more than {MOST:,} configurations; make several files of it")


def _flags(block: str, written: dict[str, Any]) -> dict[str, list[Any]]:
    """Return the values of each parameter of ``block`` that ``written`` has."""
    known = {field.name: value_type(field) for field in fields(CATALOGUE[block].parameters)}
    # `select` refuses unknown names.
    return {name: _alternatives(name, value, known[name]) if name in known else [value]
            for name, value in written.items()}


def _alternatives(name: str, value: Any, kind: type) -> list[Any]:
    """Return the values that ``value`` stands for: itself, or what it lists."""
    if kind is not tuple:
        values = _listed(name, value)
    elif isinstance(value, list):
        lists = value if value and all(isinstance(item, list) for item in value) else [value]
        values = [tuple(item) for item in lists]
    else:
        values = [value]
    for one in values:
        # In Python True is an integer; here it is not.
        if type(one) is not kind or kind is tuple and any(type(item) is not int for item in one):
            written = list(one) if isinstance(one, tuple) else one
            raise ValueError(f"{name} must be {KINDS[kind]}, not {shown(written)}")
    return values


def _listed(name: str, value: Any) -> list[Any]:
    if value == []:
        raise ValueError(f"{name} is an empty list; give it a value or leave it out")
    return value if isinstance(value, list) else [value]
