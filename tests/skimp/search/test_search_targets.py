"""What the default search gains beyond sums of losses and random candidates: minutes of work."""

import pytest

from skimp.jobs.local import threads
from skimp.search.run import Search

pytestmark = [pytest.mark.deep, pytest.mark.command]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_nsga_gains_on_the_sums_that_it_begins_with(seed):
    """Bit Fusion, 10.6 times smaller than in float32, 200 evaluations."""
    pytest.importorskip("pymoo")
    report = Search(compression=10.6, seed=seed).work(threads, lambda: None)
    found = {one.front: one.hypervolume for one in report.searches}
    assert found["search"] >= 1.05 * found["additive"]
    assert found["random"] <= found["additive"]
