"""The page: every number that of the documents, whatever is missing; nothing broken accepted."""

import json
import re
import xml.etree.ElementTree as ElementTree
from html.parser import HTMLParser
from pathlib import Path

import pytest
from report_documents import documents

from skimp.report.drawing import draw
from skimp.report.plots import energy

pytestmark = pytest.mark.command

NAMES = ("catalogue", "area", "area_gated", "power", "power_gated", "traffic", "evaluate", "search",
         "fpga")
PLOTS = ("area", "transitions", "accuracy", "search", "break-even", "energy")


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
    """What is at a path of the documents, or the ratio of two, or their difference."""
    found = []
    for one in re.split(" [-/] ", path):
        value = some
        for step in one.split("."):
            value = value[int(step)] if isinstance(value, list) else value[step]
        found.append(value)
    if " - " in path:
        return found[0] - found[1]
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
            ("area_gated", some["area_gated"], ("area_um2", "slack_ns", "to_baseline")),
            *((name, some[name], ("pj", "switching_pj", "leakage_pj", "operations"))
              for name in ("power", "power_gated")),
            ("traffic.rows", some["traffic"]["rows"], ("transitions", "reduction_percent")),
            ("traffic.break_even", some["traffic"]["break_even"], ("break_even_mm", "net_pj")),
            ("evaluate.rows", some["evaluate"]["rows"], ("top1_percent", "cycles", "speed_up")),
            ("evaluate.predictions", some["evaluate"]["predictions"],
             ("skipped_percent", "loss_points", "speed_up")),
            *((f"search.{place}.searches.0.members", one["searches"][0]["members"],
               ("search_loss", "test_loss", "test_loss_error", "prices.compression",
                "prices.speed_up_time", "prices.speed_up_mean"))
              for place, one in enumerate(some["search"])),
            *((f"search.{place}.searches", one["searches"], ("hypervolume", "evaluated"))
              for place, one in enumerate(some["search"])),
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
    for names, section in (("catalogue", "catalogue"), ("area area_gated", "area"),
                           ("power power_gated", "energy"), ("fpga", "fpga")):
        lines = list(page.rows[section])
        for row in (row for name in names.split() for row in some[name]):
            found = next(line for line in lines if row["block"] in line and row["config"] in line)
            lines.remove(found)
    for row in some["evaluate"]["rows"]:
        assert any(row["scheme"] in line for line in page.rows["accuracy"])


def test_figures_of_papers_are_called_so(made):
    _, folder = made
    page = Page((folder / "index.html").read_text())
    theirs = [json.loads(value) for path, value, facts in page.cells
              if "paper" in facts.get("class", "") and value]
    assert set(theirs) == {0.646, 20.42, 19.5, 1.4, 2.5, 0.67, 0.61, 2.0, 3.4, 30.4,
                           8, 0.97, 86, 4.9}
    assert all(path is None for path, _, facts in page.cells if "paper" in facts.get("class", ""))


def test_gated_and_not_stand_side_by_side(made):
    some, folder = made
    text = (folder / "index.html").read_text()
    for title in ("Area", "Area for each product", "Energy of an operation"):
        assert text.index(f"<h3>{title}, clocks gated</h3>") < text.index(f"<h3>{title}</h3>")
    page = Page(text)
    found = {path: json.loads(value) for path, value, _ in page.cells if path and value}
    for name in ("power_gated", "power"):
        assert found[f"{name}.1.to_baseline"] == some[name][1]["to_baseline"]
    papers = "".join(page.rows["papers"])
    assert papers.count("sysmt-array 2t-8x8, clocks gated") == 2
    assert "baseline gates clocks or operands is not known to us" in text
    drawn = (folder / "energy.svg").read_text()
    assert drawn.count("of plain, clocks gated") == 3 and drawn.count("of plain<") == 3
    for row in some["power_gated"]:
        assert f"{row['to_baseline']:.2f} of plain, clocks gated" in drawn


@pytest.mark.parametrize("name", ["power", "power_gated"])
def test_energy_may_be_known_one_way(name):
    drawn = draw("energy", energy, {name: documents()[name]})
    assert drawn is not None and drawn.count("of plain") == 3
    assert drawn.count("clocks gated") == 3 * (name == "power_gated")


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
    drawn = (folder / "break-even.svg").read_text()
    assert "never" in drawn and "hollow: a packet in 4 clocks" in drawn
    assert "clocks gated" in drawn and "clocks not gated" in drawn


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
