"""The cache: what is kept comes back, and what is damaged is made again, with a sentence."""

import json
import math
import subprocess
import sys
from pathlib import Path

import pytest

from skimp.catalogue import selection
from skimp.hw.arith.popcount import Popcount, PopcountParams
from skimp.hw.emit import emit
from skimp.jobs import cache
from skimp.silicon.mapping import map_unit
from skimp.silicon.recipes import RECIPES

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
        "deep list": b"[" * 100_000,
        "deep record": text.replace("120.5", "[" * 100_000).encode(),
        "not finite": text.replace("120.5", "NaN").encode(),
        "thousands of digits": text.replace("120.5", "9" * 5000).encode(),
        "record is a list": json.dumps({**content, "record": list(content["record"])}).encode(),
    }[how])
    assert path.read_bytes() != text.encode()


DAMAGES = ["truncated", "empty", "flipped digit", "not text", "a list", "without checksum",
           "a number", "null", "record is a list", "deep list", "deep record", "not finite",
           "thousands of digits"]


def test_what_is_kept_comes_back(caplog):
    name = cache.entry("mapped", "parts", "of", "a key")
    assert cache.read(name) is None
    cache.write(name, RECORD)
    assert cache.read(name) == RECORD
    assert not caplog.records
    assert [path.name for path in cache.folder().iterdir()] == [f"{name}.json"]


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


def test_an_entry_at_the_place_of_another_counts_as_missing(caplog):
    for number in (1, 2):
        cache.write(f"mapped-{number}", {**RECORD, "area_um2": float(number)})
    first, second = (Path(f"build/cache/mapped-{number}.json") for number in (1, 2))
    content = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(content)
    assert cache.read("mapped-1") is cache.read("mapped-2") is None
    assert len(caplog.messages) == 2 and all("is damaged" in one for one in caplog.messages)


def test_entries_of_another_rule_are_not_read(monkeypatch):
    cache.write(cache.entry("mapped", "a"), RECORD)
    monkeypatch.setattr(cache, "FORMAT", "1")
    assert cache.read(cache.entry("mapped", "a")) is None


def test_what_is_not_finite_comes_back_as_none():
    cache.write("mapped-1", {**RECORD, "area_um2": math.inf})
    assert cache.read("mapped-1") == {**RECORD, "area_um2": None}


def test_the_place_can_be_set(monkeypatch):
    monkeypatch.setenv("SKIMP_CACHE", "else/where")
    cache.write("mapped-1", RECORD)
    cache.mark("compiled")
    assert Path("else/where/mapped-1.json").is_file() and not Path("build").exists()
    assert cache.read("mapped-1") == RECORD and cache.is_marked("compiled")
    monkeypatch.setenv("SKIMP_CACHE", "")
    assert cache.folder() == Path("build/cache") and not cache.is_marked("compiled")


@pytest.mark.parametrize("place", ["/proc/nowhere", "taken", "taken/below", "x" * 300])
def test_where_nothing_can_be_kept_work_goes_on(skimp, monkeypatch, caplog, place):
    Path("taken").write_text("mine")
    monkeypatch.setenv("SKIMP_CACHE", place)
    status, out, _ = skimp("generate", "popcount", "-o", "rtl", "--json")
    assert status == 0 and len(json.loads(out)) == 2
    message, = caplog.messages
    assert message.startswith(f"skimp: nothing is kept in the cache {place}, where it cannot be ")
    assert message.endswith("; SKIMP_CACHE names another folder") and "Errno" not in message
    cache.mark("compiled")
    assert not cache.is_marked("compiled") and Path("taken").read_text() == "mine"
    assert sorted(path.name for path in Path().iterdir()) == ["rtl", "taken"]


def test_to_look_writes_nothing(skimp):
    for arguments in (("list",), ("list", "psu", "--n", 9, "--json"), ("generate", "--help")):
        assert skimp(*arguments)[0] == 0
    assert list(Path().iterdir()) == []


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
    one, = selection.select(("popcount",), "byte")
    first = one.emit()
    path, = Path("build/cache").glob("verilog-*")
    damage(path, "truncated")
    assert one.emit().verilog == first.verilog
    assert len(caplog.messages) == 1


def test_the_sentence_is_on_stderr(library, tmp_path):
    command = [sys.executable, "-c", "from skimp.cli.main import main; main()", "area", "popcount",
               "--width", "3", "--json"]
    first = subprocess.run(command, capture_output=True, text=True, check=True)
    for path in (tmp_path / "build" / "cache").glob("price-*"):
        path.unlink()
    for path in (tmp_path / "build" / "cache").glob("mapped-*"):
        damage(path, "truncated")
    second = subprocess.run(command, capture_output=True, text=True, check=True)
    assert second.stdout == first.stdout and json.loads(second.stdout)
    sentences = second.stderr.splitlines()
    assert len(sentences) == len(RECIPES) and all(
        "is damaged; what it held is made again" in line for line in sentences)
