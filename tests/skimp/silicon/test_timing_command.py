"""`skimp area` of timing: paths, clocks and corners in its table, and what is refused."""

import json
import re
from pathlib import Path

import pytest
from slow_corner import scaled

from skimp.catalogue.selection import select
from skimp.jobs.documents import to_json
from skimp.show.units import areas
from skimp.silicon import mapping
from skimp.silicon.area import prices
from skimp.silicon.library import OSU018
from skimp.silicon.mapping import Mapped

pytestmark = pytest.mark.command

REFUSED = [
    (["--corner", "slow"], "a corner must be NAME=FILE, such as slow=ss.lib, not 'slow'"),
    (["--corner", "=good.lib"], "a corner must be NAME=FILE"),
    (["--corner", "slow=no.lib"], "cannot read the Liberty file no.lib"),
    (["--corner", "slow=good.lib", "--corner", "slow=again.lib"], "two files of a library have a"),
    (["--corner", "slow=text.lib"], "text.lib is not a Liberty file"),
    (["--corner", "slow=untimed.lib"], "untimed.lib has no timing"),
    (["--corner", "slow=few.lib"], "all cells of osu018_stdcells, but few.lib has no FAX1"),
    (["--liberty", "untimed.lib"], "untimed.lib has no timing"),
]


@pytest.mark.parametrize("arguments, sentence", REFUSED)
def test_refused_before_any_synthesis(skimp, library, monkeypatch, arguments, sentence):
    monkeypatch.setattr(mapping, "yosys", None)
    text = OSU018.read_text()
    for name, content in {
            "good": text, "again": text, "text": "cells\n",
            "untimed": re.sub(r"\btiming\b", "delays", text),
            "few": text.replace("cell (FAX1)", "cell (ADD)")}.items():
        Path(f"{name}.lib").write_text(content)
    status, out, err = skimp("area", "popcount", "--timing", *arguments)
    assert status == 2 and out == "" and err.count("\n") == 1 and sentence in err


def test_without_opensta_timing_says_which_package_brings_it(skimp, library, monkeypatch):
    monkeypatch.setattr("skimp.cli.notes.sta_version", lambda: None)
    monkeypatch.setattr(mapping, "yosys", None)
    for flag in ("--timing", "--fastest"):
        status, out, err = skimp("area", "popcount", flag)
        assert status == 1 and out == "" and "opensta" in err


def test_area_tells_paths_clocks_and_corners(skimp, library):
    corner = scaled(library, 2, "slow.lib")
    arguments = ("area", "popcount", "--config", "byte", "--fastest", "--corner", corner)
    status, out, _ = skimp(*arguments, "--json")
    row, = json.loads(out)
    assert status == 0 and row["corners"]["slow"] < row["slack_ns"]
    assert row["timing"]["fastest"]["clock_ns"] < row["clock_ns"]
    assert row["timing"]["critical_path"]["parts"][0]["name"] == "ones"
    status, out, _ = skimp(*arguments)
    assert status == 0 and re.search(r"slack ns, slow", out) and "i[1] -> " in out
    assert re.search(r"fastest ns +fastest MHz +area there um2 .*critical path", out)
    status, out, _ = skimp(*arguments[:-3], "--json")
    row, = json.loads(out)
    assert row["timing"] is None and row["corners"] == {}


@pytest.mark.parametrize("slack, met", [(0.05, False), (0.2, True), (-0.2, False), (None, None)])
def test_comparisons_tell_whether_both_meet_the_clock(monkeypatch, library, slack, met):
    def mapped(unit, library, clock_ns):
        own = slack if unit.name.startswith("plain_pe_8b_8b") else 0.1
        return Mapped("", 100, 0, 1, clock_ns, own, 0, "")
    monkeypatch.setattr("skimp.silicon.mapping.map_best", mapped)
    monkeypatch.setattr("skimp.silicon.area.relative_error", lambda one: None)
    chosen = [one for one in select(("plain-pe",)) if not one.config.startswith("s")]
    rows = prices(chosen, library, None, lambda: None)
    compared = {row.config: row.comparison_meets_clock for row in rows}
    # 4b-8b meets its clock, but is compared with 8b-8b.
    assert compared == {"8b-8b": met, "4b-8b": met, "8b-4b": True, "4b-4b": True}
    _, products = areas(json.loads(to_json(rows)))
    place = [head for head, _ in products.heads].index("to baseline")
    assert [line[place].text.endswith(" !") for line in products.rows] == [
        row.comparison_meets_clock is False for row in rows]
