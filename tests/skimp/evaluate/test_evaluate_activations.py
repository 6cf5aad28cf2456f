"""`skimp evaluate --activations`: rows against the golden figures, choice, files it refuses."""

import json
import re

import numpy as np
import pytest

from skimp.evaluate.codes import COMPARED, PERCENTILES
from skimp.golden.softedge import CODES, figures, parse_code

pytestmark = pytest.mark.command


@pytest.fixture
def arrays():
    """Two layers' inputs of a scan: four sequences each, what SiLU gives."""
    x = np.random.default_rng(0).normal(0.2, 1.2, (2, 4, 30, 5)).astype(np.float32)
    return {"a.0": x[0] / (1 + np.exp(-x[0])), "b": np.float64(x[1] / (1 + np.exp(-x[1])))}


def test_rows_are_the_golden_figures(skimp, arrays):
    np.savez("u.npz", **arrays)
    status, out, err = skimp("evaluate", "--activations", "u.npz", "--json")
    document = json.loads(out)
    assert status == 0 and "skimp: compare codes 32 of 32" in err
    assert document["activations"] == "u.npz"
    assert document["conditions"]["below_silu_percent"] == {"a.0": 0, "b": 0}
    rows = document["rows"]
    assert [(row["layer"], row["code"]) for row in rows] == [
        (name, str(code)) for name in arrays for code in COMPARED]
    assert {row["bits"] for row in rows[:4]} == {8}
    assert {f"softedge:{name}" for name in CODES} < {row["code"] for row in rows}
    for row in rows:
        first, second = np.split(arrays[row["layer"]].astype(np.float32), 2)
        code = parse_code(row["code"])

        def at(alpha, code=code, first=first):
            c, new = (np.quantile(np.abs(one), alpha) for one in first)
            return code.step(c + 0.01 * (new - c))
        tried = {alpha: figures(code, first, at(alpha)).db for alpha in PERCENTILES}
        assert tried[row["percentile"]] == pytest.approx(max(tried.values()), rel=1e-5)
        expected = figures(code, second, row["step"])
        assert row["step"] == pytest.approx(at(row["percentile"]), rel=1e-5)
        assert row["db"] == pytest.approx(expected.db)
        assert row["segments_percent"] == pytest.approx([100 * part for part in expected.shares])
        assert row["saturated_percent"] == pytest.approx(100 * expected.saturated)
        group = [one["db"] for one in rows if (one["layer"], one["bits"]) == (
            row["layer"], row["bits"])]
        assert row["best"] == (row["db"] == max(group))


def test_tables_of_one_sequence(skimp):
    """An array of one axis is halved; what SiLU never gives is said."""
    np.savez("u.npz", flat=np.linspace(-1, 9, 101), wide=np.full((1, 9), 0.25, np.float16))
    status, out, _ = skimp("evaluate", "--activations", "u.npz")
    assert status == 0
    assert re.search(r"\n8 .*softedge", out) or re.search(r"flat +8 +\S+ +0\.\d+", out)
    assert "% of flat lie below -0.2785, which SiLU never gives" in out and "% of wide" not in out
    assert out.index("int8:zero") < out.index("softedge:paper") < out.index("int6")


@pytest.mark.parametrize(("array", "sentence"), [
    (np.arange(9), "The array x of u.npz must be of floats, not int64"),
    (np.zeros((3, 0)), "must have two values at least"),
    (np.ones(1), "must have two values at least"),
    (np.array([1.0, np.nan, 1]), "must be of finite float32 numbers, but has nan"),
    (np.array([1.0, 1e300, 1]), "must be of finite float32 numbers, but has inf"),
    (np.array([3e38, 1, 1], np.float32), "The array x cannot be coded: A step must be positive"),
    (np.array([1e-40] * 4, np.float32), "The array x cannot be coded: A step must be positive"),
    (np.array([0.0, 0.0, 1.0, 1.0]), "The first half of the array x must have values"),
    (np.array([None, 1.0]), "of Python objects"),
    (np.array(["1.0", "2"]), "must be of floats, not <U3"),
])
def test_arrays_refused_in_one_sentence(skimp, array, sentence):
    np.savez("u.npz", x=array)
    status, out, err = skimp("evaluate", "--activations", "u.npz")
    assert (status, out) == (2, "") and err.count("\n") == 1 and sentence in err, err


@pytest.mark.parametrize(("arguments", "sentence"), [
    (["--activations", "none.npz"], "there is no file none.npz"),
    (["--activations", "text.npz"], "text.npz must be an .npz file of plain arrays, but"),
    (["--activations", "empty.npz"], "empty.npz must have an array of floats at least"),
    (["lenet5", "--activations", "u.npz"], "NET.* is not of --activations: leave one of them out"),
    (["--all", "--activations", "u.npz"], "--all is not of --activations"),
    (["--plot", "x.png", "--activations", "u.npz"], "--plot is not of --activations"),
    ([], "NET is missing: name a network, or give --activations"),
])
def test_requests_refused_in_one_sentence(skimp, arguments, sentence, tmp_path):
    (tmp_path / "text.npz").write_text("no archive")
    np.savez("empty.npz")
    np.savez("u.npz", x=np.ones(4))
    status, out, err = skimp("evaluate", *arguments)
    assert (status, out) == (2, "") and err.count("\n") == 1 and re.search(sentence, err), err
