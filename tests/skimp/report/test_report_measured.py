"""What the page's documents are measured of, and that each is written as soon as it is there."""

import json

import pytest
from report_documents import documents

from skimp.catalogue.rows import CATALOGUE
from skimp.catalogue.selection import select
from skimp.evaluate.figures import AccuracyReport
from skimp.report import gather
from skimp.traffic.figures import TrafficReport

pytestmark = pytest.mark.command


def test_measuring_writes_each_document(skimp, tmp_path, monkeypatch, library, icarus):
    some, asked = documents(), {}

    def accuracies(_, schemes, **__):
        asked["schemes"] = list(map(str, schemes))
        return AccuracyReport(**some["evaluate"] | {"predictions": []})

    def predictions(_, predictors, *__, **___):
        asked["predictors"] = list(map(str, predictors))
        return some["evaluate"]["predictions"]

    def prices(chosen, library, clock_ns, done, timing):
        name = "area_gated" if library.clock_gating else "area"
        asked[name], asked["timing"] = chosen, timing
        return some[name]

    def energies(chosen, library, clock_ns, done):
        name = "power_gated" if library.clock_gating else "power"
        asked[name] = chosen
        return some[name]

    monkeypatch.setattr(gather, "prices", prices)
    monkeypatch.setattr(gather, "energies", energies)
    monkeypatch.setattr(gather, "network_report", lambda **_: TrafficReport(
        **{key: some["traffic"][key] for key in ("rows", "paper", "conditions")}))
    monkeypatch.setattr(gather.wire, "with_energy", lambda rows, _: rows)
    monkeypatch.setattr(gather.wire, "jobs", lambda _: {})
    monkeypatch.setattr(gather.wire, "break_even", lambda rows, link, library, done: [
        row for row in some["traffic"]["break_even"]
        if row["clock_gating"] == library.clock_gating])
    monkeypatch.setattr(gather.evaluate, "evaluate", accuracies)
    monkeypatch.setattr(gather.evaluate, "predictions", predictions)
    monkeypatch.setattr(gather, "make", lambda _: some["search"])
    monkeypatch.setattr("skimp.cli.report.announce_first_synthesis", lambda: None)
    for number, row in enumerate(some["fpga"]):
        folder = tmp_path / "build" / "fpga" / f"unit{number}"
        folder.mkdir(parents=True)
        (folder / "report.json").write_text(json.dumps(row))
    status, out, _ = skimp("report", "--json")
    folder = tmp_path / "build" / "report"
    assert status == 0 and json.loads(out)["page"] == "build/report/index.html"
    assert {name: json.loads((folder / f"{name}.json").read_text()) for name in some} == some
    assert asked["timing"].path and not asked["timing"].fastest
    assert asked["area"] == select(()) and {row["block"] for row in some["catalogue"]} == set(
        CATALOGUE)
    assert asked["area_gated"] == [one.gated for one in select(()) if one.block.gated]
    assert asked["power_gated"] == [one.gated for one in asked["power"]] and asked["power"]
    assert {"static:4", "sparq:7opt", "nbsmt:2:A:saturate", "nbsmt:4:A0:saturate"} <= set(
        asked["schemes"]) and "exact" not in asked["schemes"]
    assert {"zap:3", "neighbour:5", "window:2:zero", "value:16:all"} <= set(asked["predictors"])
    before = (folder / "index.html").read_text()
    assert skimp("report", "--data", folder)[0] == 0
    assert (folder / "index.html").read_text() == before


def test_what_was_measured_before_a_failure_is_kept(skimp, tmp_path, monkeypatch, library, icarus):
    def some(*_, **__):
        yield "fpga", documents()["fpga"]
        raise RuntimeError("Yosys failed")

    monkeypatch.setattr(gather, "gather", some)
    monkeypatch.setattr("skimp.cli.report.announce_first_synthesis", lambda: None)
    status, _, err = skimp("report", "-o", "out/index.html")
    assert status == 1 and "Yosys failed; `skimp report --data out` makes the page" in err
    assert skimp("report", "--data", "out", "-o", "out/index.html")[0] == 0
    assert "icebreaker" in (tmp_path / "out" / "index.html").read_text()
