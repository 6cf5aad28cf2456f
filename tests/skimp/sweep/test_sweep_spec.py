"""What a sweep's file may say, and the sentence that refuses everything else."""

from pathlib import Path

import pytest

from skimp.sweep import spec
from skimp.sweep.real import Accuracy, Traffic

pytestmark = pytest.mark.command
EXAMPLE = Path(spec.__file__).with_name("example.toml")


def read(text):
    Path("spec.toml").write_text(text)
    return [(point.grid, one.block.name, one.config, one.params, clock_ns) for point, one, clock_ns
            in ((point, *asked(point)) for point in spec.read(Path("spec.toml")))]


def asked(point):
    values = dict(point.values)
    return values["one"], values["clock_ns"]


def test_a_grid_is_the_product_of_its_lists():
    points = read('[[grid]]\nblock = "psu"\nconfig = ["gray2", "accurate"]\nn = [9, 4]\n'
                  'data = [true, false]\nclock_ns = [6.0, 8]')
    assert len(points) == 16 and len(set(points)) == 16
    assert [(config, params.n, params.data, clock) for _, _, config, params, clock in points[:5]] \
        == [("gray2", 9, True, 6.0), ("gray2", 9, True, 8.0), ("gray2", 9, False, 6.0),
            ("gray2", 9, False, 8.0), ("gray2", 4, True, 6.0)]


def test_what_is_left_out_is_as_the_command_has_it():
    points = read('[[grid]]\nblock = ["popcount", "plain-dot"]')
    assert [point[:3] for point in points] == [
        (1, "popcount", "byte"), (1, "popcount", "word"), (1, "plain-dot", "8b-8b"),
        (1, "plain-dot", "8b-4b"), (1, "plain-dot", "4b-8b"), (1, "plain-dot", "4b-4b")]
    assert [point[4] for point in points] == [7, 7, 8, 8, 8, 8]
    assert [point[2] for point in read('[[grid]]\nblock = "popcount"\nwidth = 3')] == ["custom"]


def test_a_list_is_one_value_of_a_parameter_that_takes_lists():
    grid = '[[grid]]\nblock = "psu"\nn = 4\nkey = "gray"\nsorter = "odd-even"\n'
    assert [point[3].wires for point in read(grid + "wires = [1, 0]")] == [(1, 0)]
    assert [point[3].wires for point in read(grid + "wires = [[1, 0], [2]]")] == [(1, 0), (2,)]
    assert [point[3].cuts for point in read(grid + "wires = [0]\ncuts = []")] == [()]
    assert [point[3].cuts for point in read(grid + "wires = [0]\ncuts = [[], [0]]")] == [(), (0,)]


def test_what_is_asked_for_twice_is_one_row_of_the_first_grid():
    points = read('[[grid]]\nblock = "popcount"\nwidth = [3, 3]\nclock_ns = 7\n'
                  '[[grid]]\nblock = "popcount"\nwidth = [4, 3]\n'
                  '[[grid]]\nblock = "popcount"\nwidth = 3\nclock_ns = 8')
    assert [(grid, params.width, clock) for grid, _, _, params, clock in points] == [
        (1, 3, 7), (2, 4, 7), (3, 3, 8)]


def test_the_example_has_sorting_units_and_processing_elements():
    points = spec.read(EXAMPLE)
    blocks = {asked(point)[0].block.name for point in points}
    assert len(points) >= 40 and blocks >= {"psu", "psu-bitonic", "sparq-pe", "plain-pe"}
    assert f"{len(points)} configurations" in EXAMPLE.read_text()


def test_what_else_is_measured():
    Path("spec.toml").write_text(
        '[[grid]]\nmeasure = "energy"\nblock = "psu"\nconfig = "gray2"\nn = [9, 25]\n'
        'layer = ["lenet5:conv1", "lenet5:conv2"]\namount = 4\n'
        '[[grid]]\nmeasure = "accuracy"\nnet = "lenet5"\nscheme = ["static:4", "sparq:5opt"]\n'
        '[[grid]]\nmeasure = "traffic"\nlayer = "conv1"\nlanes = [1, 5]\nimages = 3\n'
        '[[grid]]\nblock = "psu"\nconfig = "gray2"\nn = 9')
    points = spec.read(Path("spec.toml"))
    assert [(point.grid, point.measure) for point in points] == [
        *[(1, "energy")] * 4, *[(2, "accuracy")] * 2, *[(3, "traffic")] * 2, (4, "area")]
    assert {name: dict(points[1].values)[name] for name in ("layer", "amount")} == {
        "layer": "lenet5:conv2", "amount": 4}
    assert points[4].job(None) == Accuracy("lenet5", "static:4")
    assert points[7].job(None) == Traffic("conv1", 5, images=3)


CLOCK = "clock_ns must be a number of 0.01 to 1000 ns, "
REFUSED = [
    ("grid", "spec.toml is not TOML: "),
    ("", "spec.toml has no grid; begin each with a line [[grid]]"),
    ("grid = []", "spec.toml has no grid"),
    ("grid = 3", "spec.toml has no grid"),
    ('grid = ["psu"]', "spec.toml has no grid"),
    ('[grid]\nblock = "psu"', "spec.toml has no grid"),
    ('clock_ns = 6\n[[grid]]\nblock = "psu"', "unknown key 'clock_ns'; a sweep has only [[grid]]"),
    ("[[grid]]\nn = 9", "grid 1: block is missing; it is one of popcount, "),
    ('[[grid]]\nmeasure = "price"\nblock = "psu"',
     "grid 1: measure must be one of area, energy, accuracy, traffic, not 'price'"),
    ('[[grid]]\nmeasure = ["area"]\nblock = "psu"', "not ['area']"),
    ('[[grid]]\nmeasure = "energy"\nblock = "popcount"', "energy is measured of what real"),
    ('[[grid]]\nmeasure = "energy"\nblock = "psu"\nn = 9\nconfig = "gray2"\nlayer = "conv2"',
     "--layer of a sorting unit must be NET:LAYER"),
    ('[[grid]]\nblock = "popcount"\nlayer = "lenet5:conv2"', "has no parameter 'layer'"),
    ('[[grid]]\nmeasure = "accuracy"\nnet = "lenet5"\nscheme = "static:4"\nblock = "psu"',
     "grid 1: accuracy has no key 'block'; it has measure, net, scheme, images"),
    ('[[grid]]\nmeasure = "accuracy"\nnet = "lenet5"', "scheme is missing"),
    ('[[grid]]\nmeasure = "accuracy"\nnet = "lenet6"\nscheme = "exact"',
     "net must be one of lenet5, "),
    ('[[grid]]\nmeasure = "accuracy"\nnet = "lenet5"\nscheme = "statik:4"', "statik:4"),
    ('[[grid]]\nmeasure = "traffic"\nlayer = "conv1"\nlanes = 65',
     "lanes must be an integer of 1 to 64, not 65"),
    ('[[grid]]\nmeasure = "traffic"\nlayer = "conv1"\nlanes = "1"', "lanes must be an integer"),
    ('[[grid]]\nblock = "psx"', "grid 1: no block 'psx'; there are "),
    ('[[grid]]\nblock = ["psu", "psx"]', "grid 1: no block 'psx'"),
    ("[[grid]]\nblock = 3", "grid 1: block must be a string, not 3"),
    ("[[grid]]\nblock = []", "grid 1: block is an empty list"),
    ('[[grid]]\nblock = "popcount"\n[[grid]]\nblock = "popcount"\nfrob = 1',
     "grid 2: block popcount has no parameter 'frob'; it has width"),
    ('[[grid]]\nblock = "popcount"\nsub = {width = 3}', "block popcount has no parameter 'sub'"),
    ('[[grid]]\nblock = "psu"\nconfig = ["gray2", "huge"]', "no configuration 'huge'; it has "),
    ('[[grid]]\nblock = "psu"\nconfig = 2', "config must be a string, not 2"),
    ('[[grid]]\nblock = "psu"\nn = [9, 1]', "grid 1: n must be an integer of 2 to 64, not 1"),
    ('[[grid]]\nblock = "psu"\nn = "9"', "n must be an integer, not '9'"),
    ('[[grid]]\nblock = "psu"\nn = 9.0', "n must be an integer, not 9.0"),
    ('[[grid]]\nblock = "psu"\nn = true', "n must be an integer, not True"),
    ('[[grid]]\nblock = "psu"\nn = []', "n is an empty list; give it a value or leave it out"),
    ('[[grid]]\nblock = "psu"\nn = [[9]]', "n must be an integer, not [9]"),
    ('[[grid]]\nblock = "psu"\nn = 1979-05-27', "n must be an integer, not "),
    ('[[grid]]\nblock = "psu"\ndata = 1', "data must be true or false, not 1"),
    ('[[grid]]\nblock = "psu"\nsorter = "bubble"', "sorter must be one of counting, "),
    ('[[grid]]\nblock = "psu"\nbuckets = 3', "buckets must be a list of integers, or a list of"),
    ('[[grid]]\nblock = "psu"\nbuckets = [0, "1"]', "such lists, not [0, '1']"),
    ('[[grid]]\nblock = "psu"\nbuckets = [[0], 1]', "such lists, not [[0], 1]"),
    ('[[grid]]\nblock = "psu"\nwires = [1, 1]\nkey = "gray"', "1 is named twice"),
    ('[[grid]]\nblock = "psu-bitonic"\nsorter = "banyan"', "has no parameter 'sorter'"),
    ('[[grid]]\nblock = "psu"\nclock_ns = 0', CLOCK + "not 0"),
    ('[[grid]]\nblock = "psu"\nclock_ns = [6, nan]', CLOCK + "not "),
    ('[[grid]]\nblock = "psu"\nclock_ns = inf', CLOCK + "not "),
    ('[[grid]]\nblock = "psu"\nclock_ns = "6"', CLOCK + "not "),
    ('[[grid]]\nblock = "psu"\nclock_ns = true', CLOCK + "not "),
    ('[[grid]]\nblock = "psu"\nclock_ns = []', "clock_ns is an empty list"),
    ('[[grid]]\nblock = "psu"\nclock_ns = 1000.5', "not 1000.5"),
    ('[[grid]]\nblock = ["link-orderer", "sparq-dot"]\npairs = 7', "pairs must be true or false"),
    ('[[grid]]\nblock = ["sparq-dot", "link-orderer"]\npairs = 7', "pairs must be true or false"),
    ('[[grid]]\nblock = "sparq-dot"\npairs = true', "pairs must be an integer, not True"),
    (f'[[grid]]\nblock = "psu"\nn = {"9" * 5000}', "spec.toml has a number"),
    (f'[[grid]]\nblock = "psu"\nn = 0x{"f" * 5000}', "not a number of more than forty digits"),
    (f"grid = {'[' * 100_000}", "spec.toml is nested too deeply"),
    ("grid = " + "{a = " * 100_000, "spec.toml is nested too deeply"),
    (f'[[grid]]\nblock = "psu"\nn = {list(range(2, 65))}\nclock_ns = {[6] * 2000}',
     "more than 100,000 configurations"),
]


@pytest.mark.parametrize("text, sentence", REFUSED)
def test_refused_in_one_sentence(skimp, tmp_path, text, sentence):
    (tmp_path / "spec.toml").write_text(text)
    status, out, err = skimp("sweep", "spec.toml")
    assert status == 2 and out == ""
    assert err.startswith("skimp: spec.toml") and sentence in err and err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["spec.toml"]


@pytest.mark.parametrize("arguments, sentence", [
    (["no-such.toml"], "no-such.toml"),
    (["spec.toml", "-o", "rows.txt"], "--output must be a file ending in .csv or .json"),
    (["spec.toml", "-o", "no/such/rows.csv"], "cannot write to the folder no/such"),
    (["spec.toml", "--liberty", "no.lib"], "cannot read the Liberty file no.lib"),
    ([], "Missing argument 'SPEC.toml'"),
])
def test_other_wrong_requests(skimp, tmp_path, arguments, sentence):
    (tmp_path / "spec.toml").write_text('[[grid]]\nblock = "popcount"')
    status, out, err = skimp("sweep", *arguments)
    assert status == 2 and out == "" and sentence in err and err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["spec.toml"]


def test_not_even_text(skimp, tmp_path):
    (tmp_path / "spec.toml").write_bytes(b"\xff\xfe[[grid]]")
    status, _, err = skimp("sweep", "spec.toml")
    assert status == 2 and "spec.toml is not TOML" in err and err.count("\n") == 1
