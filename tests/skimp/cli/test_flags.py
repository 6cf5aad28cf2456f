"""Each block has its own flags, wherever it is named."""

import json

import pytest

from skimp.catalogue.rows import CATALOGUE
from skimp.cli.flags import flags_of

pytestmark = pytest.mark.command


@pytest.fixture
def parameters(skimp):
    """Return the parameters of the rows that ``arguments`` of `skimp list` mean."""
    def run(*arguments):
        status, out, err = skimp("list", "--json", *arguments)
        assert status == 0, err
        return [row["parameters"] for row in json.loads(out)]
    return run


@pytest.mark.parametrize("block", CATALOGUE)
def test_help_of_a_block_has_its_flags_and_no_others(skimp, block):
    for arguments in ((block, "--help"), ("--help", block), ("-h", block)):
        status, out, _ = skimp("generate", *arguments)
        words = {word.strip(",") for word in out.split() if word.startswith("--")}
        own = {word for flag in flags_of(block).values() for word in flag.words}
        assert status == 0 and f"Options of {block}:" in out
        assert own == words - {"--output", "--name", "--json", "--config", "--help"}


def test_help_of_a_verb_has_its_own_options_and_names_those_of_blocks(skimp):
    _, out, _ = skimp("generate", "--help")
    assert "--name" in out and "--n " in out and "--sorter" not in out and "--threads" not in out
    assert "`skimp generate BLOCK --help` shows the options of a block" in out
    assert "[nearest|floor]" in skimp("generate", "sysmt-pe", "--help")[1]
    assert "[round|trim]" in skimp("generate", "sparq-pe", "--help")[1]


@pytest.mark.parametrize("arguments, expected", [
    (("sysmt-pe", "--rounding", "floor", "--threads", 2), {"rounding": "floor", "threads": 2}),
    (("--rounding", "trim", "sparq-pe"), {"rounding": "trim"}),
    (("link-orderer", "--no-pairs"), {"pairs": False}),
    (("--pairs", "link-orderer"), {"pairs": True}),
    (("--no-pairs", "--lanes=2", "link-orderer"), {"pairs": False, "lanes": 2}),
    (("sparq-dot", "--pairs", 7), {"pairs": 7}),
    (("--pairs", 7, "sparq-dot"), {"pairs": 7}),
    (("plain-pe", "--lanes", 2), {"lanes": 2}),
    (("--input", "raw", "--", "sparq-dot"), {"input": "raw"}),
])
def test_types_are_those_of_the_block(parameters, arguments, expected):
    row, = parameters(*arguments)
    assert expected.items() <= row.items()


def test_several_blocks_share_flags(parameters):
    assert {row["n"] for row in parameters("psu", "--n", 9, "psu-bitonic")} == {9}
    assert [row["rows"] for row in parameters("plain-array", "--rows", 2, "sysmt-array")] == [2, 2]


def test_a_block_named_again_is_dropped(parameters):
    assert len(parameters(*["popcount"] * 40)) == len(CATALOGUE["popcount"].configs)


@pytest.mark.parametrize("arguments, sentence", [
    (("link-orderer", "--pairs", 7), "--pairs of link-orderer is on or off"),
    (("--pairs", 7, "link-orderer"), "takes no value such as '7'"),
    (("link-orderer", "--pairs=7"), "does not take a value"),
    (("sparq-dot", "--pairs"), "requires an argument"),
    (("sparq-dot", "--no-pairs"), "block sparq-dot has no --no-pairs: its --pairs takes a value"),
    (("sysmt-pe", "--rounding", "round"), "'round' is not one of 'nearest', 'floor'"),
    (("sparq-pe", "--rounding", "floor"), "'floor' is not one of 'round', 'trim'"),
    (("psu", "--threads", 2), "block psu has no parameter 'threads'; it has buckets, "),
    (("psu", "popcount", "--n", 9), "block popcount has no parameter 'n'; it has width"),
    (("sparq-dot", "link-orderer", "--pairs", 2), "--pairs does not mean the same in sparq-dot, "),
    (("sparq-pe", "sysmt-pe", "--rounding", "trim"), "--rounding does not mean the same in"),
    (("--threads", 2), "name a block to set 'threads' of"),
    (("psu", "nosuch", "--n", 9), "no block 'nosuch'; there are popcount, "),
    (("psu", "--frob", "psu"), "No such option '--frob'"),
])
def test_refused(skimp, arguments, sentence):
    status, out, err = skimp("list", *arguments)
    assert status == 2 and out == "" and sentence in err and err.count("\n") == 1
