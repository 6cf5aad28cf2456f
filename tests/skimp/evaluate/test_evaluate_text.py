"""`skimp evaluate` on a network of text: rows against the model, choice on calibration text."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from skimp.evaluate import text as evaluation
from skimp.evaluate.codes import PERCENTILES
from skimp.golden.mamba.ranges import ranges
from skimp.golden.softedge import CODES, Setting, figures, parse_code, parse_setting
from skimp.golden.workloads.text import shipped

pytestmark = pytest.mark.command


@pytest.fixture
def little(monkeypatch):
    """Two sequences to choose by, and two to count on."""
    monkeypatch.setattr(evaluation, "CHOOSING", 512)
    monkeypatch.setattr(evaluation, "COUNTED", 512)
    return shipped("mamba", 1024, 512)


def coded(network, text):
    """Codes and steps of a setting's text."""
    setting = parse_setting(text)
    assert setting.percentile is not None
    return [(setting.code, setting.code.step(c))
            for c in ranges(network).percentiles[setting.percentile]]


@pytest.mark.parametrize("how", ["floats", "full", "integer"])
def test_rows_are_the_models_figures(skimp, little, how):
    arguments = ["evaluate", "mamba", "--characters", "1000", "--scheme", "softedge:signed8@0.999",
                 "--scheme", "softedge:paper", "--json", *[f"--{how}"] * (how != "floats")]
    status, out, err = skimp(*arguments)
    document = json.loads(out)
    assert status == 0 and "skimp: evaluate" in err
    assert document["conditions"]["characters"] == 1024
    alone = ["ablation:floats"] * (how == "full")
    assert [(row["code"], row["percentile"]) for row in document["rows"]] == [
        ("float", None),
        *((code, at) for at in (0.9995, 0.999) for code in ("int8", "int8:zero", *alone)),
        ("softedge:signed8", 0.999), ("softedge:paper", 0.9995)]
    model = {"full": little.in_eight_bits, "integer": little.in_integers}.get(how, lambda: little)()
    floats = little.run()
    answers = {(row["code"], row["percentile"]): model.run(coded(
        little.network, f"{row['code']}@{row['percentile']}")) for row in document["rows"][1:]}
    u = replace(little, calibration=little.sequences[:2]).inputs
    for row in document["rows"][1:]:
        mine = answers[row["code"], row["percentile"]]
        lost = 1000 * (mine.mean(1) - floats.mean(1))
        assert row["bits_per_character"] == pytest.approx(mine.mean())
        assert row["loss_mbit"] == pytest.approx(lost.mean())
        assert row["loss_error_mbit"] == pytest.approx(lost.std(ddof=1) / 2)
        assert not row["chosen"]
        for rival, name in (("int8", "int8"), ("int8:zero", "zero")):
            less = 1000 * (answers[rival, row["percentile"]].mean() - mine.mean())
            assert row[f"under_{name}_mbit"] == (
                None if row["code"].startswith("int8") else pytest.approx(less))
        for (code, step), inputs, layer in zip(
                coded(little.network, f"{row['code']}@{row['percentile']}"), u, row["layers"],
                strict=True):
            expected = figures(code, inputs, step)
            assert layer["step"] == step
            assert layer["segments_percent"] == [100 * share for share in expected.shares]
            assert layer["db"] == (pytest.approx(expected.db) if np.isfinite(expected.db) else None)


def test_percentiles_are_chosen_on_calibration_text(little):
    planned = evaluation.plan([Setting(CODES["signed4"])], None)
    assert list(map(str, planned)) == ["int8", "int8:zero", "softedge:signed4"]
    report = evaluation.evaluate(little, planned)
    assert all(row.chosen for row in report.rows[1:])
    for row in report.rows[1:]:
        found = {at: little.answers(little.calibration, coded(
            little.network, f"{row.code}@{at}")).mean() for at in PERCENTILES}
        assert row.percentile is not None
        assert found[row.percentile] == min(found.values())


def test_other_percentiles_are_calibrated(little):
    """Those that the network's file does not note."""
    settings = [Setting(parse_code("int8"), at) for at in (0.9994, 0.9996)]
    _, *rows = evaluation.evaluate(little, settings).rows
    low, high = ([layer.step for layer in row.layers] for row in rows)
    assert all(one < other for one, other in zip(low, high, strict=True))


def test_all_has_every_code_and_the_ablations():
    planned = evaluation.plan(list(map(Setting, evaluation.ALL)), PERCENTILES)
    assert len(planned) == 5 * (2 + 5 + 9 + 4) == len(set(planned))
    assert {f"softedge:{name}" for name in CODES} < {str(one.code) for one in planned}


def test_tables_and_plot(skimp, little, tmp_path):
    status, out, err = skimp("evaluate", "mamba_second", "--characters", "512", "--percentile",
                             "0.99,0.9995", "--scheme", "ablation:5-4", "--plot", "plot.svg")
    assert status == 0 and "drew plot.svg" in err and (tmp_path / "plot.svg").is_file()
    assert re.search(r"\nint8:zero +0\.99 +\d\.\d{4} +-?\d+\.\d\d", out)
    assert "ablation:fine" in out and "mamba_second on 512 characters" in out
    assert "Segments: fine, standard, coarse" in out


@pytest.mark.parametrize(("arguments", "sentence"), [
    (["mamba", "--characters", "204801"], "Characters must be 1 to 204800, not 204801"),
    (["mamba", "--characters", "0"], "--characters must be an integer of 1 to 1,000,000, not 0"),
    (["mamba", "--scheme", "nbsmt:2"], "A code must be softedge:NAME, .* not 'nbsmt:2'"),
    (["mamba", "--scheme", "softedge:hard"], "must be one of paper, aligned, .* not 'hard'"),
    (["mamba", "--percentile", "best"], "must be a number of 0.5 to 1, not 'best'; or auto"),
    (["mamba", "--percentile", "0.4"], "--percentile must be .* 0.5 to 1, not 0.4"),
    (["mamba", "--all", "--scheme", "int8"], "--scheme adds nothing to --all"),
    (["mamba", "--images", "3"], "--images is not of mamba, a network of text"),
    (["mamba_third", "--predict", "zap:3"], "--predict is not of mamba_third, a network of text"),
    (["mamba", "--plot", "plot.gif"], "ending in .pdf, .png, .svg"),
    (["lenet5", "--percentile", "auto"], "--percentile is of networks of text, mamba, "),
    (["lenet5", "--characters", "99"], "--characters is of networks of text"),
    (["mamba", "--full", "--integer"], "--full is of floats, --integer of integers"),
    (["mamba", "--integer", "--scheme", "ablation:large"], "must have integers"),
    (["mamba", "--integer", "--scheme", "softedge:signed8@0.000001"],
     "int8@1e-06 cannot be in integers: "),
    (["lenet5", "--full"], "--full is of networks of text"),
])
def test_refused_in_one_sentence(skimp, arguments, sentence):
    status, out, err = skimp("evaluate", *arguments)
    assert (status, out) == (2, "") and err.count("\n") == 1 and re.search(sentence, err), err
