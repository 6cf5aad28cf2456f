"""What the default search gains beyond sums of losses and random candidates: minutes of work."""

import pytest

from skimp.jobs.local import threads
from skimp.search.run import Search

pytestmark = [pytest.mark.deep, pytest.mark.command]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nsga_gains_on_the_sums_that_it_begins_with(seed):
    """Bit Fusion, 10.6 times smaller than in float32, 200 evaluations."""
    pytest.importorskip("pymoo")
    report = Search(compression=10.6, seed=seed, by="nsga").work(threads, lambda: None)
    found = {one.front: one.hypervolume for one in report.searches}
    assert found["search"] >= 1.05 * found["additive"]
    assert found["random"] <= found["additive"]


def test_steps_find_as_much_as_the_best_of_nsga_from_random_candidates():
    """200 evaluations against the 630 of MOHAQ's authors, three seeds."""
    pytest.importorskip("pymoo")
    found = Search(compression=10.6).work(threads, lambda: None).searches[0].hypervolume
    others = [Search(compression=10.6, seed=seed, by="nsga:random", evaluations=630).work(
        threads, lambda: None).searches[0].hypervolume for seed in (1, 2, 3)]
    assert found >= 0.95 * max(others) and found >= 1.1 * sum(others) / 3
