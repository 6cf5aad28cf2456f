"""The gate of area and slack: bounds for each entry of the catalogue, in ``rules.json``.

Areas depend on tools and library, so rules name theirs and hold for those alone. They are made of
measured figures: an area may grow by `AREA`, slack may shrink by `SLACK_NS`, but a unit that meets
its clock must still meet it. With the same tools a unit has the same figures, so an update changes
only the lines of units that changed. Some entries have a rule for gated clocks beside the one
without.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from skimp.catalogue.ranges import CLOCK_NS, Range, shown
from skimp.catalogue.selection import Design, select
from skimp.golden.files import read_file
from skimp.hw.emit import write_whole
from skimp.jobs.batch import results_of
from skimp.jobs.documents import LARGEST, from_json, to_json
from skimp.silicon import mapping
from skimp.silicon.jobs import Netlist
from skimp.silicon.library import Library

__all__ = ["AREA", "RULES", "SLACK_NS", "UPDATE", "Figures", "Rule", "entries", "entry", "load",
           "measure", "refuse_others", "rule", "save", "violations"]

#: The rules that ship with the command.
RULES = Path(__file__).with_name("rules.json")
#: What bounds leave: a part of the area, and ns of slack.
AREA, SLACK_NS = 0.005, 0.1

# What figures depend on: rules that were made with something else do not hold.
MADE_WITH = ("tools", "library", "wire_ff")
UPDATE = "run `make ppa-update`"
# Behind the name of an entry whose clocks are gated.
GATED = ", clocks gated"
#: Numbers that a rule may have.
BOUNDS = {"clock_ns": CLOCK_NS, "area_at_most_um2": Range(0, 10**12, integer=True),
          "slack_at_least_ns": Range(-1_000_000, 1_000_000, "ns")}


@dataclass(frozen=True)
class Figures:
    """What was measured of an entry: area in um2 and slack in ns at ``clock_ns``.

    ``violations`` are the nets that break a limit of the library.
    """

    clock_ns: float
    area_um2: float
    slack_ns: float
    violations: int = 0


@dataclass(frozen=True)
class Rule:
    """Bounds of an entry at ``clock_ns``."""

    clock_ns: float
    area_at_most_um2: int
    slack_at_least_ns: float


def entry(one: Design, gated: bool) -> str:
    """Return the name of a configuration in the rules: block, configuration, sizes, if gated."""
    sizes = [f"{name}={getattr(one.params, name)}" for name in one.block.sizes]
    return " ".join([one.block.name, one.config, *sizes]) + GATED * gated


def entries(gated: bool) -> set[str]:
    """Return the names of all entries of the catalogue, with clocks gated or not."""
    return {entry(one, gated) for one in select((), gated=gated)}


def refuse_others(chosen: Iterable[Design], gated: bool) -> None:
    """Raise ValueError if one of ``chosen`` is no named configuration in the catalogue's sizes.

    If ``gated``, named configurations are those with what their rows set where clocks are gated.
    """
    known = {one.name for one in select((), gated=gated)}
    for one in chosen:
        if one.name not in known:
            raise ValueError(f"rules are for the configurations that `skimp list` shows: "
                             f"{entry(one, gated)!r} is none of them")


def measure(chosen: list[Design], library: Library,
            done: Callable[[], object]) -> dict[str, Figures]:
    """Return the figures of ``chosen``, each mapped at its block's clock."""
    netlists = results_of([Netlist(one, library, one.block.clock_ns) for one in chosen], done=done)
    return {entry(one, library.clock_gating): Figures(
                one.block.clock_ns, mapped.area_um2, mapped.slack_ns or 0.0, mapped.violations)
            for one, mapped in zip(chosen, netlists, strict=True)}


def rule(figures: Figures) -> Rule:
    """Return the bounds for measured figures."""
    slack = figures.slack_ns - SLACK_NS
    return Rule(figures.clock_ns, math.ceil(round(figures.area_um2 * (1 + AREA), 3)),
                round(max(slack, 0.0) if figures.slack_ns >= 0 else slack, 2))


def _made_with(library: Library) -> dict[str, Any]:
    return {"tools": mapping.tool_versions(), "library": f"{library.name} {library.digest[:16]}",
            "wire_ff": f"wires of {library.wire_ff:g} fF a pin"}


def load(path: Path, library: Library) -> dict[str, Rule]:
    """Return the rules of a file, by entry.

    Raises
    ------
    ValueError
        If ``path`` is no file of rules.
    RuntimeError
        If the rules were made with other tools or another library.
    """
    if not path.exists():
        raise ValueError(f"there are no rules in {path}: {UPDATE}")
    rules, theirs = _read(path)
    ours = _made_with(library)
    for key in ours:
        if ours[key] != theirs[key]:
            raise RuntimeError(
                f"the rules in {path} are for {_text(theirs[key])} and cannot be compared with "
                f"figures of {_text(ours[key])}: install what the rules name, or {UPDATE}")
    return rules


def _read(path: Path) -> tuple[dict[str, Rule], dict[str, Any]]:
    """Return the rules of a file, and what they were made with."""
    try:
        document = from_json(read_file(path, LARGEST))
    except ValueError as error:
        raise ValueError(f"{path} is {error}; {UPDATE}") from error
    theirs = {key: document.get(key) for key in MADE_WITH} if isinstance(document, dict) else {}
    if not theirs or not isinstance(document.get("rules"), dict) or None in theirs.values():
        raise ValueError(f"{path} is not a file of rules: it must have {', '.join(MADE_WITH)} and "
                         f"rules; {UPDATE}")
    rules = {}
    for name, bounds in document["rules"].items():
        if not isinstance(bounds, dict) or set(bounds) != set(BOUNDS):
            raise ValueError(f"{path} is not a file of rules: {shown(name)} must have "
                             f"{', '.join(BOUNDS)}; {UPDATE}")
        try:
            rules[name] = Rule(**{key: BOUNDS[key].check(key, value)
                                  for key, value in bounds.items()})
        except ValueError as error:
            raise ValueError(f"{path} is not a file of rules: of {shown(name)}, {error}; "
                             f"{UPDATE}") from error
    return rules, theirs


def _text(made_with: Any) -> str:
    return ", ".join(made_with) if isinstance(made_with, list) else str(made_with)


def save(path: Path, library: Library, rules: Mapping[str, Rule]) -> None:
    """Write rules sorted by name, one a line, so that a diff shows what changed."""
    head = to_json(_made_with(library), indent=1)[1:-2].strip("\n")
    lines = ",\n".join(f"  {to_json(name)}: {to_json(asdict(rules[name]))}"
                       for name in sorted(rules))
    write_whole(path, f'{{\n{head},\n "rules": {{\n{lines}\n }}\n}}\n')


def violations(measured: Mapping[str, Figures], rules: Mapping[str, Rule]) -> list[str]:
    """Return a line for each figure above its bound, and for each entry without a fitting rule."""
    lines = []
    for name, figures in measured.items():
        bounds = rules.get(name)
        if figures.violations:
            lines.append(f"{name}: {figures.violations:,} nets break a limit of the library")
        if bounds is None:
            lines.append(f"{name}: has no rule; {UPDATE}")
        elif bounds.clock_ns != figures.clock_ns:
            lines.append(f"{name}: its rule is for {bounds.clock_ns:g} ns, its clock is now "
                         f"{figures.clock_ns:g} ns; {UPDATE}")
        else:
            if figures.area_um2 > bounds.area_at_most_um2:
                lines.append(f"{name}: area {figures.area_um2:,.0f} um2, at most "
                             f"{bounds.area_at_most_um2:,} allowed")
            if figures.slack_ns < bounds.slack_at_least_ns:
                lines.append(f"{name}: slack {figures.slack_ns:.2f} ns, at least "
                             f"{bounds.slack_at_least_ns:.2f} required")
    return lines
