"""`skimp search` as a user meets it: refusals, a small search, what is kept and resumed."""

import json

import pytest
import toy_problem as toy

from skimp.jobs.local import threads
from skimp.search.run import Search

pytestmark = pytest.mark.command


@pytest.mark.parametrize("arguments, sentence", [
    (["alexnet"], "NET must be one of sru, lenet5"),
    (["resnet8"], "bitfusion has no prices for resnet8: networks of images run on skimp"),
    (["sru", "--platform", "skimp"], "skimp has no prices for sru: networks of images run on"),
    (["sru", "--platform", "tpu"], "--platform must be one of silago, bitfusion, bitfusion:array"),
    (["lenet5", "--platform", "skimp:psu"], "--platform skimp:BLOCK must have one of plain-array"),
    (["lenet5", "--platform", "skimp", "--compression", "2"], "--compression is of bits: leave"),
    (["sru", "--area-budget", "2"], "--area-budget is of our own arrays: leave it out"),
    (["lenet5", "--platform", "skimp", "--area-budget", "0.01"],
     "--area-budget of 0.01 mm2 fits no chip: the smallest, plain-array 8b-8b of 1 x 1, takes 0.0"),
    (["lenet5", "--platform", "skimp", "--beacons", "1"], "--beacons must be 0: lenet5 has no"),
    (["sru", "--evaluations", "40"], "--by steps needs --evaluations of at least 50"),
    (["sru", "--evaluations", "0"], "--evaluations must be an integer of 1 to 100,000, not 0"),
    (["sru", "--compression", "14"],
     "no candidate of sru on bitfusion is 14 times smaller than in float32: the smallest is 13.07"),
    (["sru", "--platform", "silago", "--compression", "10.6"], "the smallest is 7.30 times"),
    (["sru", "--compression", "0"], "--compression must be a number of 1 to 16"),
    (["sru", "--distance", "2"], "--distance is of beacons"),
    (["sru", "--plot", "front.jpg"], "a file ending in .pdf, .png, .svg"),
    (["sru", "--loss-limit", "0"], "--loss-limit must be a number of 0.01 to 1000"),
])
def test_wrong_requests_are_refused_before_any_work(skimp, arguments, sentence):
    status, out, err = skimp("search", *arguments)
    assert status == 2 and not out
    assert sentence in err and err.count("\n") == 1


@pytest.mark.parametrize("missing, arguments, sentence", [
    ("pymoo", ["--by", "nsga:random"], "NSGA-II needs pymoo, which is not installed"),
    ("torch", ["--beacons", "4"], "--beacons above 3, which ship, needs PyTorch"),
])
def test_what_is_missing_is_said_before_any_work(skimp, monkeypatch, missing, arguments, sentence):
    for module in ("genetic", "spoken"):
        monkeypatch.setattr(f"skimp.search.{module}.find_spec", lambda name: (
            None if name == missing else "there"))
    status, out, err = skimp("search", "sru", *arguments)
    assert status == 2 and not out and sentence in err


SMALL = ("sru", "--platform", "silago", "--evaluations", "21", "--beacons", "1")


def test_a_search_without_a_solver_and_its_report(skimp, monkeypatch):
    """Seventeen choices alone and four sums, with a beacon that ships: NumPy is enough."""
    monkeypatch.setattr("skimp.search.genetic.find_spec", lambda name: None)
    status, out, err = skimp("search", *SMALL, "--json", "--plot", "front.svg")
    assert status == 0 and "drew front.svg" in err
    report = json.loads(out)
    searches = {one["front"]: one for one in report["searches"]}
    assert list(searches) == ["search", "beacons", "additive", "uniform", "random"]
    assert [searches[name]["evaluated"] for name in searches] == [21, 21, 21, 3, 21]
    front = searches["search"]["members"]
    assert front and all(one["test_loss_error"] >= 0 and one["words"][0].startswith("L0")
                         for one in front)
    losses = [one["search_loss"] for one in front]
    assert losses == sorted(losses, reverse=True)
    assert searches["beacons"]["hypervolume"] >= searches["search"]["hypervolume"]
    exact = report["evaluations"][0]
    assert exact["found"]["loss"] == 0 and exact["genes"] == [0] * 8
    # A kept report is shown again, and in words, without a loss being made.
    monkeypatch.setattr("skimp.search.run.Search.work", lambda *arguments: None)
    assert skimp("search", *SMALL, "--json")[1] == out
    status, out, err = skimp("search", *SMALL)
    assert status == 0 and "Searches" not in err and "Hypervolume" in out
    assert all(len(line) <= 80 for line in out.splitlines() if "sru" in line.split()[-9:-8])
    status, out, _ = skimp("search", *SMALL, "--describe", "1")
    assert status == 0 and out.startswith("L0: weights in ") and "parameters: " in out
    status, _, err = skimp("search", *SMALL, "--describe", "99")
    assert status == 2 and "--describe must be a number of the front" in err


def test_limits_that_no_candidate_meets_have_the_nearest_one(skimp, monkeypatch):
    monkeypatch.setattr("skimp.search.run.NETWORKS", {"sru": lambda images: toy.Toy()})
    status, out, err = skimp("search", "sru", "--evaluations", "25", "--compression", "8",
                             "--loss-limit", "0.1")
    assert status == 2 and not out
    assert ("no candidate that was evaluated loses at most 0.1 points at a compression of at least "
            "8: the nearest loses ") in err


def test_what_was_interrupted_goes_on_to_the_same_report(monkeypatch):
    monkeypatch.setattr("skimp.search.run.NETWORKS", {"sru": lambda images: toy.Toy()})
    monkeypatch.setattr(toy.ToyLoss, "kind", "toy")
    asked = Search(evaluations=40, beacons=2)
    told = []

    def interrupted():
        told.append(1)
        if len(told) == 30:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        asked.work(threads, interrupted)
    made = []
    monkeypatch.setattr(toy.ToyLoss, "run", counted(toy.ToyLoss.run, made))
    report = asked.work(threads, lambda: None)
    resumed = len(made)
    monkeypatch.setenv("SKIMP_CACHE", "another")
    assert asked.work(threads, lambda: None) == report
    assert len(made) - resumed > resumed > 0, "what was known was not made again"


def counted(run, made):
    def counting(job, needed):
        made.append(job)
        return run(job, needed)

    return counting
