"""Energy: the library's tables, the flat netlist, a whole measurement, OpenSTA's figures beside."""

import numpy as np
import pytest

from skimp.catalogue.selection import select
from skimp.golden.nets import network
from skimp.golden.nets.zaps import shipped
from skimp.hw.arith.popcount import Popcount, PopcountParams
from skimp.hw.emit import emit
from skimp.jobs.batch import results_of
from skimp.jobs.documents import to_json
from skimp.power.energy import energy
from skimp.power.measure import Energy
from skimp.power.netlist import flatten
from skimp.power.operands import planes_feed, traffic_feed
from skimp.power.sta import TOLERANCE, compare
from skimp.silicon.cell import Table
from skimp.silicon.library import Library
from skimp.silicon.mapping import map_best
from skimp.silicon.netlist import loads, slews
from skimp.silicon.timing import sta_version

pytestmark = pytest.mark.command


@pytest.fixture
def sta():
    """OpenSTA is there."""
    if not sta_version():
        pytest.skip("needs Debian's opensta")


def flat(unit, library, folder, clock_ns=6.0):
    """Map a unit; give its flat netlist."""
    folder.mkdir()
    return flatten(map_best(unit, library, clock_ns).netlist, unit.name, library, folder)


def popcount(width=8):
    return emit(Popcount(PopcountParams(width=width)), "popcount")


def test_tables_interpolate_and_go_on_beyond_their_edges():
    table = Table(np.array([0.0, 1.0]), np.array([0.0, 2.0]), np.array([[0.0, 2.0], [10.0, 12.0]]))
    load, slew = np.array([0.0, 0.5, 1.0, 2.0]), np.array([0.0, 1.0, 2.0, 4.0])
    np.testing.assert_allclose(table.at(load, slew), 10 * load + slew)


def test_tables_of_one_index():
    table = Table(np.zeros(1), np.array([0.0, 1.0]), np.array([[3.0, 5.0]]))
    np.testing.assert_allclose(table.at(np.array([7.0]), np.array([0.5])), [4.0])


def test_what_the_library_says(library):
    cells = library.powered
    assert cells.volts == 1.8
    inverter, register = cells["INVX1"], cells["DFFPOSX1"]
    assert set(inverter.inputs) == {"A"} and set(inverter.outputs) == {"Y"}
    assert not inverter.sequential
    assert register.sequential and register.clocks == {"CLK"} and ("", "CLK") in register.energy
    assert register.leakage > 0


def test_loads_are_those_of_pins_and_wires(library, tmp_path):
    netlist, cells = flat(popcount(), library, tmp_path / "flat"), library.powered
    bare, wired = (loads(netlist, cells, wire) for wire in (0.0, 10.0))
    pins = np.zeros(len(netlist.nets))
    for kind, nets in netlist.cells.items():
        for pin, column in zip(netlist.pins[kind], nets.T, strict=True):
            np.add.at(pins, column, pin in cells[kind].inputs)
    np.testing.assert_allclose(wired - bare, 0.01 * pins)
    assert bare.sum() > 0
    # A slew follows from loads: heavier nets are slower.
    slow = slews(netlist, cells, wired) - slews(netlist, cells, bare)
    assert (slow > -1e-3).all() and slow.max() > 0


def test_energy_is_proportional_to_toggles(library, tmp_path):
    netlist = flat(popcount(), library, tmp_path / "flat")
    once = energy(netlist, library, np.full(len(netlist.nets), 1.0), 0.0)
    twice = energy(netlist, library, np.full(len(netlist.nets), 2.0), 0.0)
    assert twice.total == pytest.approx(2 * once.total) and once.leakage == 0
    assert once.total == pytest.approx(sum(once.parts.values()))
    assert sum(once.kinds.values()) == pytest.approx(once.total - once.parts["inputs"])
    idle = energy(netlist, library, np.zeros(len(netlist.nets)), 10.0)
    assert idle.total == pytest.approx(idle.leakage) and idle.leakage > 0


@pytest.mark.parametrize("block, config, flags", [
    ("psu", None, {"n": 4, "sorter": "odd-even"}),
    ("sysmt-array", None, {"rows": 1, "cols": 2})])
def test_opensta_agrees(library, sta, tmp_path, block, config, flags):
    unit = select((block,), config, flags)[0].emit()
    netlist = flat(unit, library, tmp_path / "flat", 9.5)
    figures = compare(netlist, unit.name, library, clock_ns=9.5)
    assert figures.keys() == TOLERANCE.keys()
    for part, (ours, theirs) in figures.items():
        assert ours == pytest.approx(theirs, rel=TOLERANCE[part]), part


def measure(one, library, clock_ns, **how):
    return results_of([Energy(one, library, clock_ns, **how)])[0]


def test_a_sorting_unit(library, sta, icarus):
    one = select(("psu",), None, {"n": 4, "sorter": "odd-even"})[0]
    row = measure(one, library, 6.0, layer="lenet5:pool1", amount=12)
    assert row.annotated_percent >= 95 and row.operation == "packet"
    assert row.operations >= 12 and row.clocks == row.operations
    assert row.pj == pytest.approx(row.switching_pj + row.internal_pj + row.clock_pj
                                      + row.leakage_pj)
    assert row.pj == pytest.approx(sum(row.parts_pj.values()))
    assert min(row.switching_pj, row.internal_pj, row.clock_pj, row.leakage_pj) > 0
    # From the cache, whatever JSON does to it.
    again = measure(one, library, 6.0, layer="lenet5:pool1", amount=12)
    assert to_json(again) == to_json(row)


def test_a_packet_in_some_clocks_has_the_energy_of_all_of_them(library, sta, icarus):
    rows = {}
    for gating in ("none", "valid"):
        one = select(("psu",), None, {"n": 4, "sorter": "odd-even", "gating": gating})[0]
        rows[gating] = [measure(one, library, 6.0, layer="lenet5:pool1", amount=12, every=every)
                        for every in (1, 3)]
    for often, rarely in rows.values():
        assert (often.every, rarely.every) == (1, 3)
        assert rarely.operations == often.operations and rarely.clocks == 3 * rarely.operations
        assert rarely.leakage_pj == pytest.approx(3 * often.leakage_pj)
        # The clock runs on; nets hold, but for what tells packets from none.
        assert rarely.clock_pj == pytest.approx(3 * often.clock_pj, rel=0.05)
        assert rarely.switching_pj < 2 * often.switching_pj


def test_more_wire_more_energy(library, sta, icarus):
    one = select(("psu",), None, {"n": 4, "sorter": "odd-even"})[0]
    bare, wired = (measure(one, found, 6.0, layer="lenet5:pool1", amount=12)
                   for wire in (0.0, 20.0) if (found := Library.find(wire_ff=wire)))
    assert bare.switching_pj < wired.switching_pj
    assert bare.internal_pj < wired.internal_pj           # slower slews
    assert (bare.wire_ff, wired.wire_ff) == (0.0, 20.0)


def test_elements_alone_are_less_than_their_array(library, sta, icarus):
    one = select(("plain-pe",), "8b-8b")[0]
    row = measure(one, library, 9.5, amount=1)
    assert 0 < row.pj < row.pj_whole and row.annotated_percent >= 95
    assert row.operations == 16 * 144 and row.clocks == 144
    for part, mw in (row.uniform_mw or {}).items():
        assert mw["ours"] == pytest.approx(mw["opensta"], rel=TOLERANCE[part]), part


@pytest.mark.parametrize("arguments, sentence", [
    (("power", "popcount"), "energy is measured of what real operands can be fed to: psu, "),
    (("power", "psu", "--config", "serial", "--n", 9), "sorting units with a vector per clock"),
    (("power", "plain-pe", "--config", "8b-4b"), "the operands have 8 bits"),
    (("power", "psu", "--n", 9, "--width", 6, "--sorter", "odd-even"),
     "the traffic has elements of 8 bits"),
    (("power", "psu", "--config", "gray2", "--n", 9, "--layer", "resnet8:stem"),
     "--layer of a sorting unit must be one of resnet8 that has traffic, conv, stack1.conv1, "),
    (("power", "psu", "--config", "gray2", "--n", 9, "--layer", "vgg:conv"),
     "--layer of a sorting unit must be NET:LAYER, NET one of lenet5, "),
    (("power", "plain-array", "--config", "8b-8b-4x4", "--layer", "resnet8:stem9"),
     "network resnet8 has no layer 'stem9'"),
    (("power", "plain-array", "--config", "8b-8b-4x4", "--layer", "vgg:conv1"), "no network 'vgg'"),
    (("power", "psu", "--n", 9, "--wire-ff", -1),
     "--wire-ff must be a number of 0 to 10,000 fF, not -1"),
    (("power", "psu", "--n", 9, "--every", 65),
     "--every must be an integer of 1 to 64, not 65"),
    (("power", "plain-pe", "--every", 4),
     "every is of packets, which sorting units and link orderers take: name those alone, for "),
    (("power", "link-orderer", "--config", "pairs", "--every", 4),
     "--every must be 1, as fast as packets leave, or 5 and more, for link_orderer_pairs sends"),
    (("power", "gather", "--places", 10),
     "whose output is predicted, with planes of 10 places and 16 channels for "),
    (("power", "neighbour", "--rows", 14, "--columns", 56),
     "whose output is predicted, with planes of 14 x 56 places and 1 channels for "),
    (("power", "gather", "--config", "7x7", "--layer", "resnet8:stack1.conv1"),
     "and 16 channels for gather_7x7: stack3.conv1, stack3.conv2"),
    (("power", "gather", "--amount", 7), "planes are taken of 8 images, too few for --amount 7"),
    (("traffic", "--mm", 0), "--mm must be a number of 0.001 to 100,000 mm, not 0"),
])
def test_refused(library, sta, icarus, skimp, arguments, sentence):
    status, out, err = skimp(*arguments)
    assert status == 2 and not out
    assert sentence in err and len(err.strip().splitlines()) <= 2, err


def test_a_wrong_layer_is_refused_before_anything_is_mapped(library, sta, skimp, monkeypatch):
    # Those that take activations alone come before those that take pairs.
    monkeypatch.setattr("skimp.silicon.mapping.map_best", None)
    status, out, err = skimp("power", "link-orderer", "--layer", "lenet5:pool1")
    assert status == 2 and not out
    assert "lenet5:pool1 has no weights, and " in err and " takes pairs" in err


@pytest.mark.parametrize("arguments, sentence", [
    (("psu", "--n", 64, "--config", "gray2", "--layer", "lenet5:pool2", "--amount", 199),
     ("lenet5:pool2 has 200 packets of 64 elements in the 8 images that it is taken from, too few "
     "for --amount 199: give 198 at most")),
    (("plain-array", "--config", "8b-8b-4x4", "--layer", "resnet8:stack3.conv2", "--amount", 1000),
     ("layer resnet8:stack3.conv2 has 392 rows in the 8 images that it is taken from, and an array "
     "of 4 rows needs 4,008 for --amount 1000, 2 tiles to warm up included")),
])
def test_more_than_there_is(library, sta, skimp, monkeypatch, arguments, sentence):
    monkeypatch.setattr("skimp.silicon.mapping.map_best", None)
    status, out, err = skimp("power", *arguments)
    assert status == 2 and not out and sentence in err and err.count("\n") == 1


def test_traffic_of_any_network():
    one, = select(("psu",), "gray2", {"n": 9})
    feed = traffic_feed(one, "resnet8:stack2.conv1", 14)
    assert (feed.workload, feed.arrays["weight"].shape) == ("resnet8:stack2.conv1", (16, 9))


def test_as_many_packets_as_there_are():
    one, = select(("psu",), "gray2", {"n": 64})
    sent = traffic_feed(one, "lenet5:pool2", 198).arrays["activation"]
    assert sent.shape == (200, 64)


def test_planes_are_of_a_layer_of_their_size():
    one, = select(("gather",), "7x7")
    feed = planes_feed(one, None, 3)
    assert (feed.workload, feed.operation) == ("resnet8:stack3.conv1", "pixel")
    assert feed.arrays["codes"].shape == (5, 7, 7, 16) and len(feed.arrays["seen"]) == 50
    model = one.model(one.emit().manifest)
    operands = model.real(**feed.arrays)
    assert 0.3 < operands["keep"][operands["known"][:, 0] == 0].mean() < 0.5
    one, = select(("pixel-value",), "7x7")
    limit = one.model(one.emit().manifest).real(**feed.arrays)["limit"]
    assert limit.shape == (5, 1) and (limit > 0).all()


def test_planes_of_a_trained_zap():
    """Its parameters are the layer's own; the input holds the last pixel that is computed first."""
    one, = select(("zap",), "2-4-4-mask3", {"rows": 7, "columns": 7, "lanes": 2})
    feed = planes_feed(one, "resnet8:stack3.conv2", 3)
    assert feed.workload.endswith("conv2, what is not computed first held, its trained ZAP")
    net = network.shipped("resnet8")
    zap = shipped("resnet8", net, kind=3, bits=(2, 4, 4))["stack3.relu2"]
    operands = one.model(one.emit().manifest).real(**feed.arrays)
    np.testing.assert_array_equal(operands["w1"][0], zap.w1[:2].ravel())
    codes = operands["i"].reshape(5, 7, 7, 2)
    np.testing.assert_array_equal(codes[:, 0, 2:5], codes[:, 0, 2:3].repeat(3, axis=1))
    np.testing.assert_array_equal(codes[:, 0, 5], feed.arrays["codes"][:, 0, 5])
    other, = select(("zap",), None, {"rows": 7, "columns": 7, "weight_bits": 5})
    assert planes_feed(other, None, 3).workload.endswith("held, filters that nobody trained")
