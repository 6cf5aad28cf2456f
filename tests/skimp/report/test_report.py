"""The page: every number that of the documents, whatever is missing; nothing broken accepted."""

import json
import re
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from pathlib import Path

import pytest
from report_documents import documents

from skimp.catalogue.rows import CATALOGUE
from skimp.catalogue.selection import select
from skimp.report import gather
from skimp.traffic.figures import TrafficReport

pytestmark = pytest.mark.command

NAMES = ("catalogue", "area", "power", "traffic", "evaluate", "fpga")
PLOTS = ("area", "transitions", "accuracy", "break-even", "energy")


class Page(HTMLParser):
    """Cells of all tables, by section, and what elements refer to."""

    def __init__(self, text):
        super().__init__()
        self.section, self.cells, self.rows, self.links = "", [], {}, []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        facts = dict(attrs)
        self.links += [value for key, value in attrs if key in ("src", "href", "xlink:href")]
        if tag == "section":
            self.section = facts["id"]
        elif tag == "tr":
            self.rows.setdefault(self.section, []).append("")
        elif tag == "td":
            self.cells.append((facts.get("data-from"), facts.get("data-value"), facts))

    def handle_data(self, data):
        if self.section in self.rows:
            self.rows[self.section][-1] += data


def write(folder, some):
    folder.mkdir(exist_ok=True)
    for name, document in some.items():
        (folder / f"{name}.json").write_text(json.dumps(document))


def at(some, path):
    """What is at a path of the documents, or the ratio of two."""
    found = []
    for one in path.split(" / "):
        value = some
        for step in one.split("."):
            value = value[int(step)] if isinstance(value, list) else value[step]
        found.append(value)
    return found[0] if len(found) == 1 else found[0] / found[1]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Documents, and the folder that the page of all of them is in."""
    from skimp.cli.report import report
    folder, some = tmp_path_factory.mktemp("report"), documents()
    write(folder / "data", some)
    report(folder / "index.html", folder / "data", fastest=False, as_json=False)
    return some, folder


def test_every_number_is_that_of_the_documents(made):
    some, folder = made
    page = Page((folder / "index.html").read_text())
    shown = {path: value for path, value, _ in page.cells if path}
    assert all(json.loads(value) == at(some, path) for path, value in shown.items())
    for _, value, facts in page.cells:          # no number without its raw value
        kind = facts.get("class", "")
        assert ("number" in kind) >= (value is not None) and (
            value is None or facts.get("data-from") or "paper" in kind)
    for name, rows, keys in (
            ("area", some["area"], ("area_um2", "slack_ns", "cells", "clock_ns", "to_baseline",
                                    "timing.fastest.mhz", "error")),
            ("power", some["power"], ("pj", "switching_pj", "leakage_pj", "operations")),
            ("traffic.rows", some["traffic"]["rows"], ("transitions", "reduction_percent")),
            ("traffic.break_even", some["traffic"]["break_even"], ("break_even_mm", "net_pj")),
            ("evaluate.rows", some["evaluate"]["rows"], ("top1_percent", "cycles", "speed_up")),
            ("fpga", some["fpga"], ("luts", "fmax_mhz"))):
        for place, row in enumerate(rows):
            for key in keys:
                value = row
                for step in key.split("."):
                    value = (value or {}).get(step)
                assert (f"{name}.{place}.{key}" in shown) == (value is not None)


def test_every_row_has_its_line(made):
    some, folder = made
    page = Page((folder / "index.html").read_text())
    for name, section in (("catalogue", "catalogue"), ("area", "area"), ("power", "energy"),
                          ("fpga", "fpga")):
        lines = list(page.rows[section])
        for row in some[name]:
            found = next(line for line in lines if row["block"] in line and row["config"] in line)
            lines.remove(found)
    for row in some["evaluate"]["rows"]:
        assert any(row["scheme"] in line for line in page.rows["accuracy"])


def test_figures_of_papers_are_called_so(made):
    _, folder = made
    page = Page((folder / "index.html").read_text())
    theirs = [json.loads(value) for path, value, facts in page.cells
              if "paper" in facts.get("class", "") and value]
    assert set(theirs) == {0.646, 20.42, 19.5, 1.4, 2.5, 0.67, 0.61, 2.0, 3.4}
    assert all(path is None for path, _, facts in page.cells if "paper" in facts.get("class", ""))


def test_the_page_stands_alone(made):
    _, folder = made
    text = (folder / "index.html").read_text()
    assert all(link.startswith(("#", "data:,", "https://arxiv.org/abs/"))
               for link in Page(text).links)
    assert "@import" not in text and not re.search(r"url\((?!#)", text)
    names = re.findall(r'<[^>]*\sid="([^"]*)"', text)
    assert len(names) == len(set(names))


def test_plots(made):
    _, folder = made
    text = (folder / "index.html").read_text()
    for name in PLOTS:
        drawn = (folder / f"{name}.svg").read_text()
        ElementTree.fromstring(drawn)
        assert f'<figure id="plot-{name}">' in text and "$" not in drawn
    assert all("paper" in (folder / f"{name}.svg").read_text()
               for name in ("transitions", "energy"))
    assert "never" in (folder / "break-even.svg").read_text()


def test_the_same_documents_make_the_same_files(made, skimp):
    _, folder = made
    assert skimp("report", "--data", folder / "data", "-o", "again/index.html")[0] == 0
    for name in ("index.html", *(f"{plot}.svg" for plot in PLOTS)):
        assert (folder / name).read_text() == Path("again", name).read_text()


@pytest.mark.parametrize("name", NAMES)
def test_a_document_may_be_missing(skimp, tmp_path, name):
    some = documents()
    del some[name]
    write(tmp_path / "data", some)
    status, out, _ = skimp("report", "--data", "data", "-o", "page.html", "--json")
    assert status == 0 and json.loads(out)["documents"] == [one for one in NAMES if one != name]
    sentence = "No unit was built" if name == "fpga" else f"{name}.json is missing"
    assert sentence in (tmp_path / "page.html").read_text()


def test_what_a_document_lacks_is_left_out(skimp, tmp_path):
    some = documents()
    del some["area"][3]["slack_ns"]
    for row in some["power"]:
        del row["leakage_pj"], row["to_baseline"]
    del some["traffic"]["wire"]
    write(tmp_path / "data", {name: some[name] for name in ("area", "power", "traffic")})
    assert skimp("report", "--data", "data", "-o", "page.html")[0] == 0
    text = (tmp_path / "page.html").read_text()
    assert "leakage pJ" not in text and "slack ns" in text and "area.3.slack_ns" not in text


@pytest.mark.parametrize("name, content, sentence", [
    ("area", "[{", "area.json is not JSON"),
    ("area", "\x00\xff", "area.json is not JSON"),
    ("area", '[{"area_um2": NaN}]', "area.json is not JSON: NaN is no number of it"),
    ("area", "{}", "area.json must be a list of rows"),
    ("power", "[1]", "power.json must be a list of rows"),
    ("traffic", '{"rows": []}', "traffic.json must have a list of rows as 'break_even'"),
    ("area", '[{"block": "psu", "config": "a", "parameters": {}, "area_um2": "<b>"}]',
     "area.0.area_um2 must be a number, not '<b>'"),
    ("area", '[{"area_um2": 1.0}]', "has a document that"),
])
def test_what_is_broken_is_refused(skimp, tmp_path, name, content, sentence):
    write(tmp_path / "data", documents())
    (tmp_path / "data" / f"{name}.json").write_text(content, encoding="latin-1")
    status, out, err = skimp("report", "--data", "data", "-o", "page.html")
    assert status == 2 and out == "" and sentence in err
    assert err.startswith("skimp: ") and err.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


@pytest.mark.parametrize("arguments, sentence", [
    (["nowhere"], "there is none at nowhere"), (["."], "none of the documents"),
    ([".", "--fastest"], "leave one of them out"),
])
def test_data_must_be_a_folder_of_documents(skimp, tmp_path, arguments, sentence):
    status, _, err = skimp("report", "--data", *arguments)
    assert status == 2 and sentence in err and list(tmp_path.iterdir()) == []


def test_words_of_documents_are_no_markup(skimp, tmp_path):
    some = documents()
    some["area"][0]["config"] = some["power"][0]["config"] = "<script>alert(1)</script> $x$ & \""
    write(tmp_path / "data", some)
    assert skimp("report", "--data", "data", "-o", "page.html")[0] == 0
    text = (tmp_path / "page.html").read_text()
    assert text.count("<script>") == 1 and "alert(1)" in text


def test_measuring_writes_each_document(skimp, tmp_path, monkeypatch, library, icarus):
    some, asked = documents(), {}

    def accuracies(_, schemes, **__):
        asked["schemes"] = list(map(str, schemes))
        return some["evaluate"]

    monkeypatch.setattr(gather, "prices", lambda chosen, *more: asked.update(
        area=len(chosen), timing=more[-1]) or some["area"])
    monkeypatch.setattr(gather, "energies", lambda *_: some["power"])
    monkeypatch.setattr(gather, "network_report", lambda **_: TrafficReport(
        **{key: some["traffic"][key] for key in ("rows", "paper", "conditions")}))
    monkeypatch.setattr(gather.wire, "with_energy", lambda rows, _: rows)
    monkeypatch.setattr(gather.wire, "jobs", lambda _: {})
    monkeypatch.setattr(gather.wire, "break_even", lambda *_: some["traffic"]["break_even"])
    monkeypatch.setattr(gather.evaluate, "evaluate", accuracies)
    monkeypatch.setattr("skimp.cli.report.announce_first_synthesis", lambda: None)
    for number, row in enumerate(some["fpga"]):
        folder = tmp_path / "build" / "fpga" / f"unit{number}"
        folder.mkdir(parents=True)
        (folder / "report.json").write_text(json.dumps(row))
    status, out, _ = skimp("report", "--json")
    folder = tmp_path / "build" / "report"
    assert status == 0 and json.loads(out)["page"] == "build/report/index.html"
    assert {name: json.loads((folder / f"{name}.json").read_text()) for name in NAMES} == some
    assert asked["timing"].path and not asked["timing"].fastest
    assert asked["area"] == len(select(())) and {row["block"] for row in some["catalogue"]} == set(
        CATALOGUE)
    assert {"static:4", "sparq:7opt", "nbsmt:2:A:saturate", "nbsmt:4:A0:saturate"} <= set(
        asked["schemes"]) and "exact" not in asked["schemes"]
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
