"""The cache: what is kept comes back, and what is damaged is made again, with a sentence."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from hw.emit import emit
from hw.psu.popcount import Popcount, PopcountParams
from skimp import cache, select, synth
from skimp.synth import RECIPES, map_unit

pytestmark = pytest.mark.command
RECORD = {"area_um2": 120.5, "netlist": "module ones();", "slack_ns": None, "ports": {"i": [0, 3]}}


def damage(path: Path, how: str) -> None:
    text = path.read_text()
    content = json.loads(text)
    path.write_bytes({
        "truncated": text[:len(text) // 2].encode(),
        "empty": b"",
        "flipped digit": text.replace("120", "130").encode(),
        "not text": b"\xff\xfe" + text.encode(),
        "a list": json.dumps([content]).encode(),
        "without checksum": json.dumps(content["record"]).encode(),
        "a number": b"7",
        "null": b"null",
        "record is a list": json.dumps({**content, "record": list(content["record"])}).encode(),
    }[how])
    assert path.read_bytes() != text.encode()


DAMAGES = ["truncated", "empty", "flipped digit", "not text", "a list", "without checksum",
           "a number", "null", "record is a list"]


def test_what_is_kept_comes_back(caplog):
    name = cache.entry("mapped", "parts", "of", "a key")
    assert cache.read(name) is None
    cache.write(name, RECORD)
    assert cache.read(name) == cache.read(name, RECORD.keys()) == RECORD
    assert not caplog.records
    assert [path.name for path in cache.CACHE.iterdir()] == [f"{name}.json"]


def test_an_entry_depends_on_its_kind_and_on_each_part():
    names = {cache.entry("mapped", "a", "b"), cache.entry("verilog", "a", "b"),
             cache.entry("mapped", "ab"), cache.entry("mapped", "a", "c")}
    assert len(names) == 4


@pytest.mark.parametrize("how", DAMAGES)
def test_what_is_damaged_counts_as_missing(caplog, how):
    cache.write("mapped-1", RECORD)
    damage(Path("build/cache/mapped-1.json"), how)
    assert cache.read("mapped-1") is None
    message, = caplog.messages
    assert message == ("skimp: the cache entry build/cache/mapped-1.json is damaged; "
                       "what it held is made again")
    cache.write("mapped-1", RECORD)
    assert cache.read("mapped-1") == RECORD


def test_a_record_of_another_shape_does_not_fit(caplog):
    cache.write("mapped-1", {"area_um2": 1.0})
    assert cache.read("mapped-1", RECORD.keys()) is None
    assert "damaged" in caplog.text


@pytest.mark.parametrize("how", ["truncated", "flipped digit"])
def test_a_damaged_netlist_is_mapped_again(library, caplog, how):
    unit = emit(Popcount(PopcountParams(width=3)), "ones")
    first = map_unit(unit, RECIPES[0], library, 8.0)
    path, = Path("build/cache").glob("mapped-*")
    whole = path.read_text()
    assert '"area_um2": 120' in whole
    damage(path, how)
    assert map_unit(unit, RECIPES[0], library, 8.0) == first
    assert len(caplog.messages) == 1 and path.read_text() == whole


def test_damaged_verilog_is_emitted_again(caplog):
    one, = select.select(("popcount",), "byte")
    first = select.generate(one)
    path, = Path("build/cache").glob("verilog-*")
    damage(path, "truncated")
    assert select.generate(one).verilog == first.verilog
    assert len(caplog.messages) == 1


def test_the_sentence_is_on_stderr(library, tmp_path):
    command = [sys.executable, "-c", "from skimp.cli import main; main()", "area", "popcount",
               "--width", "3", "--json"]
    first = subprocess.run(command, capture_output=True, text=True, check=True)
    for path in (tmp_path / "build" / "cache").glob("mapped-*"):
        damage(path, "truncated")
    second = subprocess.run(command, capture_output=True, text=True, check=True)
    assert second.stdout == first.stdout and json.loads(second.stdout)
    sentences = second.stderr.splitlines()
    assert len(sentences) == len(synth.RECIPES) and all(
        "is damaged; what it held is made again" in line for line in sentences)
