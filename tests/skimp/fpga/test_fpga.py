"""Bitstreams, and what there is to refuse before one is built."""

import json

import pytest

from skimp.fpga import boards

pytestmark = pytest.mark.command


@pytest.fixture
def tools():
    """Place and route are there."""
    try:
        boards.boards()
    except RuntimeError as missing:
        pytest.skip(str(missing))


@pytest.mark.parametrize("arguments, sentence", [
    (["popcount", "--width", "3"], "Missing option '--board'"),
    (["popcount", "--board", "de10nano"], "no board 'de10nano' with an iCE40 or ECP5; there are "),
    (["popcount", "--board", "butterstick"], "board butterstick has no LED of its own"),
    (["--board", "icebreaker"], "name a block to build for a board"),
    (["popcount", "--board", "icebreaker", "--words", "1"],
     "--words must be an integer of 64 to 16,384, not 1"),
    (["popcount", "--board", "icebreaker", "-o", "/proc/nowhere"], "/proc/nowhere"),
])
def test_refused_in_one_sentence(skimp, tools, tmp_path, arguments, sentence):
    status, out, err = skimp("fpga", *arguments)
    assert status == 2
    assert sentence in err and err.startswith("skimp: ") and err.count("\n") == 1
    assert out == "" and list(tmp_path.iterdir()) == []


def test_a_board_without_a_clock(tools, monkeypatch):
    platform = boards.boards()["icebreaker"].platform
    monkeypatch.setattr(platform, "default_clk", None)
    with pytest.raises(ValueError, match="board icebreaker has no clock of its own"):
        boards.find_board("icebreaker")


def test_without_the_extra(skimp, monkeypatch):
    monkeypatch.setattr(boards, "PACKAGES", ("no_such_package",))
    boards.boards.cache_clear()
    status, out, err = skimp("fpga", "popcount", "--board", "icebreaker")
    boards.boards.cache_clear()
    assert status == 1 and out == "" and "pip install 'skimp[fpga]'" in err
    assert err.count("\n") == 1


def test_every_board_has_what_it_takes(tools):
    """Of all but one the clock and the LED are known."""
    known = boards.boards()
    assert {board.family for board in known.values()} == {"ice40", "ecp5"}
    assert [name for name, board in known.items() if not board.led_resource] == ["butterstick"]
    assert all(board.facts["board_clock_mhz"] > 1 for board in known.values())


@pytest.mark.parametrize("board, suffixes, start", [
    ("icebreaker", ["bin"], b"\xff\x00\x00\xff\x7e\xaa\x99\x7e"),
    pytest.param("ulx3s-12f", ["bit", "svf"], b"\xff\x00", marks=pytest.mark.deep),
])
def test_a_bitstream(skimp, tools, icarus, tmp_path, board, suffixes, start):
    status, out, _ = skimp("fpga", "popcount", "--width", "3", "--words", "64", "--board", board,
                           "--json")
    [row] = json.loads(out)
    folder = tmp_path / "build" / "fpga" / row["bitstream"].split("/")[-2]
    assert status == 0 and row["simulated"] == "passed" and row["meets_board_clock"]
    assert 0 < row["luts"] < row["all_luts"] <= row["cells"] < row["cells_available"]
    assert row["flip_flops"] == 0 < row["all_flip_flops"]
    assert json.loads((folder / "report.json").read_text()) == row
    assert sorted(path.suffix[1:] for path in folder.iterdir()) == sorted([*suffixes, "json", "v"])
    assert (tmp_path / row["bitstream"]).read_bytes().startswith(start)


@pytest.mark.deep
def test_a_bitstream_of_a_predictor(skimp, tools, icarus, tmp_path):
    status, out, err = skimp("fpga", "neighbour", "--rows", "4", "--columns", "5", "--words", "64",
                             "--board", "icebreaker", "--json")
    assert status == 0, err
    [row] = json.loads(out)
    assert row["simulated"] == "passed" and row["meets_board_clock"]
    assert 0 < row["flip_flops"] < row["all_flip_flops"] and 0 < row["luts"] < row["all_luts"]
    assert (tmp_path / row["bitstream"]).stat().st_size > 0


@pytest.mark.deep
def test_what_does_not_fit(skimp, tools):
    status, out, err = skimp("fpga", "psu", "--n", "9", "--config", "accurate", "--no-simulate",
                             "--board", "icestick")
    assert status == 1 and out == ""
    assert "1,280 in the iCE40HX1K of icestick" in err


def test_a_self_test_that_fails_is_not_built(skimp, tools, icarus, monkeypatch):
    monkeypatch.setattr("skimp.golden.selftest.CRC32", 0x104C11DB5)
    monkeypatch.setattr("skimp.fpga.job.build", lambda *_: pytest.fail("built"))
    status, out, err = skimp("fpga", "popcount", "--width", "3", "--words", "64", "--board",
                             "icebreaker")
    assert status == 1 and out == "" and "the LED is " in err
