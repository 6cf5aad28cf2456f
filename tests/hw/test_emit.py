"""The text depends on the parameters and on nothing else."""

import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from skimp.hw.emit import emit, write_whole
from skimp.hw.psu.unit import SORTERS, SortingUnit, SortingUnitParams

PROGRAM = """
from skimp.hw.emit import emit
from skimp.hw.psu.link import LinkOrderer, LinkOrdererParams
from skimp.hw.psu.unit import SORTERS, SortingUnit, SortingUnitParams
from skimp.hw.plain.pe import PlainPe, PlainPeParams
from skimp.hw.sparq.dot import SparqDot, SparqDotParams
for sorter in SORTERS:
    print(emit(SortingUnit(SortingUnitParams(n=5, sorter=sorter)), "unit").manifest["sha256"])
print(emit(LinkOrderer(LinkOrdererParams(n=5, lanes=2)), "unit").manifest["sha256"])
print(emit(PlainPe(PlainPeParams()), "unit").manifest["sha256"])
print(emit(SparqDot(SparqDotParams(pairs=2, input="sparse24")), "unit").manifest["sha256"])
"""


def test_same_text_under_every_hash_seed(capsys):
    """In processes of their own, which start Yosys, and in this one, where tests have loaded it."""
    exec(PROGRAM, {})
    texts = {capsys.readouterr().out} | {subprocess.run(
        [sys.executable, "-c", PROGRAM], check=True, capture_output=True, text=True,
        env={**os.environ, "PYTHONHASHSEED": seed}).stdout for seed in ("0", "4711")}
    assert len(texts) == 1
    assert len(set(texts.pop().split())) == len(SORTERS) + 3


def test_no_path_no_time(monkeypatch, tmp_path):
    unit = emit(SortingUnit(SortingUnitParams(n=3)), "unit", block="psu", config="custom")
    monkeypatch.chdir(tmp_path)
    again = emit(SortingUnit(SortingUnitParams(n=3)), "unit", block="psu", config="custom")
    assert unit == again
    assert "/home" not in unit.verilog and ".py" not in unit.verilog
    assert unit.manifest["sha256"] == hashlib.sha256(unit.verilog.encode()).hexdigest()


def test_many_write_one_file_at_a_time(tmp_path):
    path = tmp_path / ("x" * 250 + ".v")
    texts = [str(number) * 100_000 for number in range(10)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: write_whole(path, texts[number % 10]), range(200)))
    assert path.read_text() in texts and list(tmp_path.iterdir()) == [path]


def test_nothing_is_left_half_written(tmp_path, monkeypatch):
    path = tmp_path / "unit.v"
    write_whole(path, "old")
    monkeypatch.setattr("pathlib.Path.replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        write_whole(path, "new")
    assert path.read_text() == "old" and list(tmp_path.iterdir()) == [path]


def test_pipes_and_devices_stay_what_they_are(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="It is a pipe or a device: name a file"):
        write_whole(tmp_path / "pipe", "text")
    assert (tmp_path / "pipe").is_fifo() and len(list(tmp_path.iterdir())) == 1
