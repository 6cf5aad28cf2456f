"""Clocks, gated and not: their toggles, their energy, what they are in a simulation."""

import re
import shutil
from functools import cached_property

import numpy as np
import pytest

from skimp.catalogue.selection import select
from skimp.power.energy import energy
from skimp.power.feed import WARM_UP
from skimp.power.measure import feed_of
from skimp.power.netlist import flatten
from skimp.power.simulate import simulate
from skimp.power.sta import TOLERANCE, compare
from skimp.silicon.library import Library
from skimp.silicon.mapping import map_best
from skimp.silicon.models import cell_models
from skimp.silicon.netlist import loads
from skimp.silicon.timing import sta_version

pytestmark = pytest.mark.command
CLOCK, PERIOD = 9.5, 10


class Array:
    """An array of two elements, as it is mapped with clocks gated or not; made when asked for."""

    def __init__(self, gated, folder):
        self.one, = select(("plain-array",), "8b-8b-4x4", {"rows": 1, "cols": 2}, gated=gated)
        self.gated, self.folder = gated, folder
        library = Library.find(clock_gating=gated)
        assert library
        self.library = library

    @cached_property
    def netlist(self):
        found = map_best(self.one.emit(), self.library, CLOCK)
        return flatten(found.netlist, self.one.name, self.library, self.folder)

    @cached_property
    def activity(self):
        unit = self.one.emit()
        operands = self.one.model(unit.manifest).real(**feed_of(self.one, None, 1).arrays)
        return simulate(unit, self.netlist, self.library, cell_models(self.library),
                        self.one.model, operands, WARM_UP, self.folder, PERIOD)

    def energy(self, toggles, nanoseconds=0.0):
        return energy(self.netlist, self.library, toggles.astype(float), nanoseconds)

    @property
    def of_clocks(self):
        """Toggles of a clock that runs, and of nothing else."""
        toggles = np.zeros(len(self.netlist.nets))
        toggles[sorted(self.netlist.clocks)] = 2
        return toggles


@pytest.fixture(scope="module")
def arrays(tmp_path_factory):
    """The array without gated clocks and with them."""
    if not (sta_version() and Library.find() and shutil.which("iverilog")):
        pytest.skip("needs Debian's opensta, qflow-tech-osu018 and iverilog")
    return [Array(gated, tmp_path_factory.mktemp("array")) for gated in (False, True)]


@pytest.fixture(params=[False, True], ids=["not gated", "gated"])
def array(arrays, request):
    """Either of the arrays."""
    return arrays[request.param]


def registers(netlist, library):
    """Yield the nets on the clock pins of registers of elements."""
    for kind, places in netlist.cells.items():
        if library.timed[kind].sequential and not library.timed[kind].latch:
            clock, = library.timed[kind].clocks
            chosen = [part.startswith("element: ") for part in netlist.parts[kind]]
            yield from places[chosen, netlist.pins[kind].index(clock)].tolist()


def test_what_is_inside_an_element_counts_to_it(array):
    """Nets that the top does not know cost energy in the parts of modules below alone."""
    spent = array.energy(np.array([net.count(".") > 1 for net in array.netlist.nets]))
    below = {part: pj for part, pj in spent.parts.items() if re.match("element: |advance: ", part)}
    assert sum(below.values()) == pytest.approx(spent.total) and spent.total > 0
    assert below["element: column.sum"] > 0


def test_all_energy_has_a_part_and_a_kind(array):
    spent = array.energy(np.linspace(0, 2, len(array.netlist.nets)), CLOCK)
    assert sum(spent.parts.values()) == pytest.approx(spent.total)
    assert sum(spent.kinds.values()) == pytest.approx(spent.total - spent.parts["inputs"])
    assert ("clock gates" in spent.kinds) is array.gated
    assert ("element: clock gates" in spent.parts) is array.gated


def test_a_clock_costs_energy_of_clocks_alone(array):
    """Half C V^2 of each of its transitions, C of all that is on it, gates too."""
    spent = array.energy(array.of_clocks)
    assert spent.switching == spent.internal == 0 and spent.total == spent.clock
    load = loads(array.netlist, array.library.powered, array.library.wire_ff)
    charge = load[sorted(array.netlist.clocks)].sum() * array.library.powered.volts ** 2
    assert spent.clock > charge > 0


def test_registers_of_an_element_see_the_clock(array):
    """In each period, gated at most so often; what drives a clock has no delay."""
    toggles, clocks = array.activity.toggles, sorted(array.netlist.clocks)
    seen = toggles[list(registers(array.netlist, array.library))]
    assert array.activity.known[clocks].all()
    running = 2 * array.activity.clocks
    assert toggles[clocks].max() == running and len(seen) > 50
    assert (seen <= running).all()
    assert (seen < running).any() if array.gated else (seen == running).all()
    delays = (array.folder / "delays.sdf").read_text().split("(CELL\n")
    gates = [cell for cell in delays if re.search(r"\(INSTANCE \S*clock\d+\)", cell)]
    assert bool(gates) is array.gated
    assert {float(number) for cell in gates for number in re.findall(r"\d+\.\d+", cell)} <= {0.0}


def test_a_gated_array_needs_less(arrays):
    bare, gated = (array.energy(array.activity.toggles, array.activity.clocks * CLOCK)
                   for array in arrays)
    assert gated.clock < 0.5 * bare.clock and gated.total < 0.7 * bare.total


def test_opensta_agrees_on_what_is_gated(arrays):
    array = arrays[1]
    figures = compare(array.netlist, array.one.name, array.library, clock_ns=CLOCK)
    for part, (ours, theirs) in figures.items():
        assert ours == pytest.approx(theirs, rel=TOLERANCE[part]), part
