"""Searches of the page: what is made, what stands beside the paper, where numbers are from."""

import pytest
from report_documents import searches
from test_report import at

from skimp.report import searches as section
from skimp.report.claims_searches import searched
from skimp.search.run import Search

pytestmark = pytest.mark.command


def test_every_search_has_tables_of_its_own():
    some = {"search": searches()}
    tables = section.tables(some["search"])
    titles = [table.title for table in tables]
    assert titles == ["sru on silago, front: search", "sru on silago, searches",
                      "sru on bitfusion, front: search", "sru on bitfusion, front: beacons",
                      "sru on bitfusion, searches", "sru on bitfusion, beacons"]
    cells = [cell for table in tables for row in table.rows for cell in row if cell.origin]
    assert len(cells) > 50 and all(at(some, cell.origin) == cell.value for cell in cells)


def test_members_beside_the_paper_are_chosen_on_the_search_set():
    some = {"search": searches()}
    # Of members 1, 2, 3 only the last two lose at most a point there; the first is the fastest.
    few, speed, saving, gains = (ours for _, ours in searched(some))
    assert [origin.split(".")[-3] for _, _, origin in few] == ["1", "1"]
    assert speed[0][1] == at(some, speed[0][2]) == pytest.approx((4 - 2 / 7) / 4)
    assert saving[0][1] == at(some, saving[0][2]) == 90 - 2 / 3
    assert few[0][0] == "sru on silago, 42 88: +3.3 +- 0.3 points"
    fronts = some["search"][1]["searches"]
    fastest, without = fronts[1]["members"][0], fronts[0]["members"][0]
    assert [value for _, value, _ in gains] == [
        without["test_loss"] - fastest["test_loss"],
        fastest["base_test_loss"] - fastest["test_loss"]]
    assert all(value == at(some, origin) for _, value, origin in gains)


def test_nothing_that_loses_little_is_no_figure():
    some = searches()
    for report in some:
        for front in report["searches"]:
            for one in front["members"]:
                one["search_loss"] = 1.5
    assert [len(ours) for _, ours in searched({"search": some})] == [0, 0, 0, 2]


def test_kept_searches_are_not_made_again(monkeypatch):
    monkeypatch.setattr(Search, "kept", lambda asked: asked)
    monkeypatch.setattr(Search, "work", lambda *arguments: pytest.fail("a search was made"))
    made = section.make(lambda *arguments: pytest.fail("progress of what is kept"))
    assert made == list(section.SEARCHES)


def test_searches_need_no_solver_and_missing_ones_are_named(monkeypatch):
    monkeypatch.setattr("skimp.search.genetic.find_spec", lambda name: None)
    for one in section.SEARCHES:
        one.check_needs()
    assert section.absent(searches()[:1]) == [
        f"{one.network} on {one.platform} is missing: `skimp report` searches."
        for one in section.SEARCHES[1:]]
