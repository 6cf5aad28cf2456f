"""Text of a Liberty file from lines of cells, see `libraries`; how it is written tells a `Style`.

Delays, slews and energies are linear in load and slew; leakage goes with area.
"""

import re
from collections.abc import Callable
from itertools import product

from liberty_style import PARTS, TEMPLATES, Style

__all__ = ["library_text"]


def _group(head: str, *body: str) -> list[str]:
    return [f"{head} {{", *("  " + line for line in body), "}"]


def _table(style: Style, kind: str, template: str, unit: str, value: Callable[[float, float], float]
           ) -> list[str]:
    """Write a table of ``value(load, slew)``; of constraints, of the other slew and the pin's."""
    axes = [style.points(of) for of, _ in style.axes(template)]
    turned = template in ("delay", "energy") and not style.load_first
    rows = []
    for first in axes[0] if len(axes) == 2 else [0.0]:
        row = [value(second, first) if turned else value(first, second) for second in axes[-1]]
        rows.append(f'"{", ".join(style.number(each, unit) for each in row)}"')
    ends = [style.breaks[(place + len(kind)) % len(style.breaks)] for place in range(len(rows) + 1)]
    return _group(f"{kind} ({style.word(template)})",
                  *(style.indices(template) if style.indexed else []), f"values ({ends[0]}",
                  *(f"  {row},{end}" for row, end in zip(rows[:-1], ends[1:], strict=False)),
                  f"  {rows[-1]}{ends[-1]}", ");")


def _timing(style: Style, pin: str, slow: float, drive: float, *lines: str) -> list[str]:
    """Write an arc of an output; without load it is ``slow`` times as slow as an inverter."""
    tables = []
    for edge, factor in (("rise", 1.2), ("fall", 1.0)):
        def delay(load: float, slew: float, factor: float = factor) -> float:
            return factor * (slow * style.delay + style.ohms / drive * load + 0.1 * slew)
        if edge == "fall" or "timing_type : clear;" not in lines:
            tables += _table(style, f"cell_{edge}", "delay", "slew", delay)
            tables += _table(style, f"{edge}_transition", "delay", "slew",
                             lambda load, slew, delay=delay: 1.5 * delay(load, slew))
    return _group("timing ()", f'related_pin : "{pin}";', *lines, *tables)


def _power(style: Style, template: str, parts: float, *lines: str) -> list[str]:
    """Write internal power, ``parts`` of an inverter's, of each rail where they are told."""
    written = []
    for rail, share in zip(style.rails, (0.75, 0.25), strict=True) if style.shared else [("", 1)]:
        tables = []
        for edge, factor in (("rise", -0.25), ("fall", 2.25)) if style.negative else (
                ("rise", 1.2), ("fall", 0.8)):
            def energy(load: float, slew: float, part: float = parts * share * factor) -> float:
                return part * style.energy * (1 + load / style.pin / 640 + slew / style.slew / 10)
            tables += _table(style, f"{edge}_power", template, "load", energy)
        written += _group("internal_power ()", *lines,
                          *[f'related_pg_pin : "{rail}";'] * bool(rail), *tables)
    return written


def _constraint(style: Style, pin: str, kind: str, parts: float, edges: str) -> list[str]:
    return _group("timing ()", f'related_pin : "{pin}";', f"timing_type : {style.word(kind)};", *(
        line for edge in edges.split() for line in _table(
            style, f"{edge}_constraint", "constraint", "slew",
            lambda other, slew: parts * style.delay + 0.1 * slew - 0.05 * other)))


def _inputs(functions: str) -> list[str]:
    return [name for name in dict.fromkeys(re.findall(r"[A-Z]\w*", functions)) if name != "IQ"]


def _states(pins: list[str]) -> list[dict[str, int]]:
    return [dict(zip(pins, bits, strict=True)) for bits in product((0, 1), repeat=len(pins))]


def _when(state: dict[str, int], no: str = "!") -> str:
    return " & ".join(name if bit else no + name for name, bit in state.items())


def _value(function: str, state: dict[str, int]) -> int:
    return eval(function.replace("!", "~"), {}, state) & 1      # the functions are our own


def _leakage(style: Style, area: float, pins: list[str]) -> list[str]:
    """Write leakage, in all states, whose mean it is, or both."""
    lines = ([f"cell_leakage_power : {style.number(area * style.leak, 'power')};"]
             if "cell" in style.leakage else [])
    states = _states(pins) if "states" in style.leakage else []
    for place, state in enumerate(states):
        value = area * style.leak * (0.5 + place / (len(states) - 1) if pins else 1)
        for rail, share in zip(style.rails, (1, 0), strict=True) if style.shared else [("", 1)]:
            lines += _group("leakage_power ()", f"value : {style.number(value * share, 'power')};",
                            *[f'when : "{style.function(_when(state))}";'] * bool(pins),
                            *[f'related_pg_pin : "{rail}";'] * bool(rail))
    return lines


def _arcs(style: Style, function: str, drive: float) -> list[str]:
    """Write delays and energies of a gate's output, by states where the library does."""
    lines, pins = [], _inputs(function)
    for pin in pins:
        values = [(state, *(_value(function, {**state, pin: bit}) for bit in (0, 1)))
                  for state in _states([other for other in pins if other != pin])]
        passing = [(state, low > high) for state, low, high in values if low != high]
        slow, related = 1 + 0.3 * (len(pins) - 1), f'related_pin : "{pin}";'
        conditions, states = (flag and len(pins) > 1 for flag in (style.conditions, style.states))
        for place, (state, inverts) in enumerate(passing):
            sense = f"timing_sense : {'negative' if inverts else 'positive'}_unate;"
            when = f'when : "{style.function(_when(state))}";'
            if conditions:
                lines += _timing(style, pin, slow + 0.1 * place, drive, sense, when,
                                 f'sdf_cond : "{_when(state, no="~")}";')
            if states:
                lines += _power(style, "energy", slow + 0.1 * place, related, when)
        if not conditions:
            senses = {"negative_unate" if inverts else "positive_unate" for _, inverts in passing}
            sense = senses.pop() if len(senses) == 1 else "non_unate"
            lines += _timing(style, pin, slow, drive, f"timing_sense : {style.word(sense)};")
        if not states:
            lines += _power(style, "energy", slow, related)
    return lines


def _clocked(style: Style, marks: dict[str, str], drive: float) -> list[str]:
    """Write delays and energies of what a clock sets, or lets through."""
    clock, clear = marks["clock"], marks.get("clear", "").strip("!")
    lines = _timing(style, clock, 4, drive, *(
        ["timing_sense : positive_unate;"] if "enable" in marks else
        ["timing_sense : non_unate;", f"timing_type : {style.word('rising_edge')};"]))
    lines += _timing(style, clear, 3, drive, "timing_sense : positive_unate;",
                     "timing_type : clear;") if clear else []
    return lines + _power(style, "energy", 3, f'related_pin : "{clock}";')


def _input(style: Style, pin: str, marks: dict[str, str], size: float, others: list[str]
           ) -> list[str]:
    clock = marks.get("clock")
    lines = [f"direction : {style.word('input')};",
             f"capacitance : {style.number(style.pin * size, 'load')};"]
    lines += [f"clock_gate_{mark}_pin : true;" for mark in ("clock", "enable", "test")
              if "enable" in marks and marks.get(mark) == pin]
    if clock == pin:
        lines += [f"clock : {style.word('true')};", *_power(style, "passive", 2)]
    elif clock and "!" + pin == marks.get("clear"):
        lines += _constraint(style, clock, "recovery_rising", 2, "rise")
        lines += _constraint(style, clock, "removal_rising", 1, "rise")
    elif clock:
        lines += _constraint(style, clock, "setup_rising", 3, "rise fall")
        lines += _constraint(style, clock, "hold_rising", -1, "rise fall")
        for bit in (0, 1) if style.states else [None]:
            lines += _power(style, "passive", 0.5 + 0.5 * (bit or 0), *(
                [] if bit is None else [f'when : "{_when({clock: bit})}";']))
    elif style.states and others:
        state = style.function(_when(dict.fromkeys(others, 0)))
        lines += _power(style, "passive", 0.1, f'when : "{state}";')
    return _group(f"pin ({style.word(pin)})", *lines)


def _cell(style: Style, line: str) -> list[str]:
    name, area, drive, outputs, *rest = re.split(r"\s{2,}", line.strip())
    marks = {mark: value for mark, _, value in (text.partition(":") for text in rest)}
    functions = {pin: text for pin, _, text in (
        each.partition("=") for each in outputs.split("; "))}
    clock, gate, size = marks.get("clock", ""), marks.get("enable"), float(drive)
    pins = _inputs(" ".join([clock, *(marks.get(mark, "") for mark in (
        "clear", "enable", "test", "next")), *functions.values()]))
    lines = [f"area : {area};", *["dont_use : true;"] * ("dont_use" in marks),
             *_leakage(style, float(area), pins)]
    for place, rail in enumerate([*style.rails, *marks.get("rail", "").split()]):
        kind = style.word("primary_ground" if place == 1 else "primary_power")
        lines += _group(f"pg_pin ({style.word(rail)})", f"pg_type : {kind};",
                        f"voltage_name : {style.word(rail)};")
    if "next" in marks:
        lines += _group(f"ff ({style.word('IQ')},{style.word('IQN')})",
                        f'next_state : "{style.function(marks["next"])}";',
                        f'clocked_on : "{clock}";',
                        *[f'clear : "{marks.get("clear")}";'] * ("clear" in marks))
    if gate:
        kind = f"latch_{marks.get('edge', 'pos')}edge" + "_precontrol" * ("test" in marks)
        lines += [f"clock_gating_integrated_cell : {style.word(kind)};",
                  *_group(f'statetable ("{clock} {gate}", "M0")',
                          'table : "L L : - : L, L H : - : H, H - : - : N";'),
                  *_group(f"pin ({style.word('M0')})", f"direction : {style.word('internal')};",
                          'internal_node : "M0";')]
    for pin in pins:
        lines += _input(style, pin, marks, (1 + size) / 2, [each for each in pins if each != pin])
    for pin, function in functions.items():
        most = style.number(style.pin * PARTS["load"][-1] * size, "load")
        what = (f'function : "{style.function(function)}";' if function
                else f'state_function : "{clock} & M0";')
        arcs = _clocked(style, marks, size) if clock else _arcs(style, function, size)
        lines += _group(f"pin ({style.word(pin)})", f"direction : {style.word('output')};", what,
                        *["clock_gate_out_pin : true;"] * bool(gate),
                        f"max_capacitance : {most};", *arcs)
    return _group(f"cell ({style.word(style.prefix + name)})", *lines)


def library_text(name: str, style: Style, cells: str) -> str:
    """Write a library with the ``cells`` of these lines."""
    time, load, power = style.units
    thresholds = (("slew_upper", 80), ("slew_lower", 20), ("input", 50), ("output", 50))
    body = [
        f"delay_model : {style.word('table_lookup')};", f'time_unit : "1{time}s";',
        'voltage_unit : "1V";', 'current_unit : "1uA";', 'pulling_resistance_unit : "1kohm";',
        f'leakage_power_unit : "1{power}W";',
        f"capacitive_load_unit (1, {style.word(load + 'f')});",
        *(f"{kind}_threshold_pct_{edge} : {percent};"
          for kind, percent in thresholds for edge in ("rise", "fall")),
        "nom_process : 1;", f"nom_voltage : {style.volts};", "nom_temperature : 25;",
        *_group(f"operating_conditions ({style.word('tt')})", "process : 1;",
                f"voltage : {style.volts};", "temperature : 25;"),
        f"default_operating_conditions : {style.word('tt')};",
        *(f"voltage_map ({style.word(rail)}, {0.0 if place else style.volts});"
          for place, rail in enumerate(style.rails)),
        *style.header.strip().splitlines()]
    for template, (kind, _) in TEMPLATES.items():
        body += _group(f"{kind} ({style.word(template)})", *(
            f"variable_{place} : {style.word(variable)};"
            for place, (_, variable) in enumerate(style.axes(template), 1)),
            *style.indices(template))
    body += [line for cell in cells.strip().splitlines() for line in _cell(style, cell)]
    return "\n".join(_group(f"library ({style.word(name)})", *body)) + "\n"
