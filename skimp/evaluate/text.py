"""Codes side by side on a network of text: the rows of the report."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from skimp.evaluate.codes import PERCENTILES
from skimp.evaluate.figures_text import LayerRecord, TextRecord, TextReport
from skimp.evaluate.workload import count_pieces
from skimp.golden.mamba.floating import BATCH
from skimp.golden.mamba.ranges import CHARACTERS, ranges
from skimp.golden.mamba.text import LENGTH
from skimp.golden.softedge import (
    ABLATIONS,
    Ablation,
    Code,
    Float,
    Setting,
    Uniform,
    figures,
    parse_code,
    percentiles,
)
from skimp.golden.workloads.text import Text, shipped

__all__ = ["ALL", "CODES", "DEFAULT", "PAPERS", "READS", "evaluate", "open_text", "plan"]

#: Of the paper, unless something else is asked for.
PAPERS = 0.9995
#: In every table: symmetric INT8, which the paper compares with, and what does without its waste.
RIVALS = (Uniform(8), Uniform(8, zero=True))
DEFAULT = tuple(map(parse_code, ("softedge:paper", "softedge:signed8", "softedge:signed8-fine")))
CODES = tuple(map(parse_code, (
    "softedge:paper", "softedge:aligned", "softedge:short", "softedge:signed8",
    "softedge:signed8-fine", *(f"{family}{bits}{zero}" for bits in (6, 5, 4) for family, zero in (
        ("int", ""), ("int", ":zero"), ("softedge:signed", ""))))))
#: With ablations, which only floats have.
ALL = (*CODES, *map(Ablation, ABLATIONS))
#: Where all else is quantised, too, this shows what that alone costs.
ALONE = Ablation("floats")
#: What the rest of the network may be.
READS = {"floats": "all else is floats",
         "full": "weights and other activations are INT8, but for states and softplus",
         "integer": "everything is integers, weights and activations INT8"}
#: Characters of calibration text that percentiles are chosen by, and of test text on whose
#: activations noise, segments and saturation are counted.
CHOOSING, COUNTED = 51_200, 8_192


def open_text(name: str, characters: int) -> Text:
    """Return a shipped network with ``characters`` of test text.

    Raises
    ------
    ValueError
        If there is not so much text.
    """
    return shipped(name, characters, CHOOSING)


def plan(settings: Sequence[Setting], asked: Sequence[float] | None, *,
         how: str = "floats") -> list[Setting]:
    """Return all settings to measure, rivals first, none twice.

    Parameters
    ----------
    settings : sequence of Setting
        Where they name no percentile, they are measured at all that are ``asked``.
    asked : sequence of float, or None
        None: the percentile of each code is to be chosen, so it stays open.
    how : str
        As `evaluate` has it. With INT8 in floats, that is measured alone, too.
    """
    first = (*RIVALS, ALONE) if how == "full" else RIVALS
    everywhere = [None] if asked is None else list(asked)
    named = [one.percentile for one in settings if one.percentile is not None]
    rivals = [Setting(code, at) for at in dict.fromkeys([*everywhere, *named]) for code in first]
    return list(dict.fromkeys([*rivals, *(
        replace(one, percentile=at) for one in settings
        for at in ([one.percentile] if one.percentile is not None else everywhere))]))


def evaluate(workload: Text, settings: Sequence[Setting], *, how: str = "floats",
             progress: Callable[..., None] | None = None) -> TextReport:
    """Measure u in floats and each setting.

    Percentiles that are open are chosen by the least loss on calibration text. Loss is paired by
    sequence; that of a rival is taken at the same percentile, or at its own if that was chosen.
    ``settings`` are those of `plan`. ``how``, of `READS`, says what the rest of the network is:
    ``"floats"``, ``"full"`` for INT8 simulated in floats, ``"integer"``.

    Raises
    ------
    ValueError
        If a percentile of calibration activations makes no step, or a code has no integers where
        all are integers; before anything is measured.
    """
    batches, calibrating = (-(-len(part) // BATCH) for part in (
        workload.sequences, workload.calibration))
    open_ = sum(one.percentile is None for one in settings)
    step = count_pieces(progress, (len(settings) + 1) * batches
                        + open_ * len(PERCENTILES) * calibrating)
    run = _Run(workload, how, step)
    for one in settings if how == "integer" else ():
        tried = one if one.percentile is not None else replace(one, percentile=PAPERS)
        try:
            run.workload.answers(workload.sequences[:1], run.coded(tried))
        except ValueError as error:
            raise ValueError(f"{tried} cannot be in integers: {error}") from error
    began = time.monotonic()
    floats, seconds = workload.run(None, step), round(time.monotonic() - began, 2)
    rows = [TextRecord(code=str(Float()), bits=Float.bits, loss_mbit=0.0, loss_error_mbit=0.0,
                       bits_per_character=float(floats.mean()), seconds=seconds)]
    rivals: dict[tuple[Code, float | None], np.ndarray] = {}
    for asked in settings:
        setting = run.choose(asked) if asked.percentile is None else asked
        chosen = run.coded(setting)
        answers, seconds = run.answers(chosen)
        rivals[asked.code, asked.percentile] = answers
        score = workload.score(answers, floats)
        row = TextRecord(
            code=str(setting.code), bits=setting.code.bits, percentile=setting.percentile,
            chosen=asked.percentile is None, bits_per_character=score.value,
            loss_mbit=1000 * score.loss, loss_error_mbit=1000 * score.error,
            layers=run.layers(chosen), seconds=seconds)
        if setting.code not in RIVALS:
            int8, zero = (workload.score(rivals[code, asked.percentile], answers)
                          for code in RIVALS)
            row = replace(row, under_int8_mbit=1000 * int8.loss, under_zero_mbit=1000 * zero.loss,
                          under_int8_error_mbit=1000 * int8.error,
                          under_zero_error_mbit=1000 * zero.error)
        rows.append(row)
    return TextReport(network=workload.name, rows=rows, conditions={
        "characters": workload.sequences.size, "sequences": len(workload.sequences),
        "measured_on": "test blocks of the King James Bible",
        "calibrated_on": f"the first {CHARACTERS:,} characters of its calibration blocks",
        "chosen_on": f"the first {workload.calibration.size:,} characters of them",
        "counted_on": f"the first {run.counted:,} characters",
        "metric": workload.metric,
        "reads": f"The scan reads the coded u, x_proj INT8 of that; {READS[how]}"})


class _Run:
    """Answers of a workload, steps from its calibration text."""

    def __init__(self, workload: Text, how: str, step: Callable[[], None]):
        self.workload = (workload.in_eight_bits() if how == "full" else
                         workload.in_integers() if how == "integer" else workload)
        self.step = step
        self.found: dict[float, Sequence[float]] = dict(ranges(workload.network).percentiles)
        self.calibrating = replace(workload,
                                   calibration=workload.calibration[:CHARACTERS // LENGTH])
        first = replace(workload, calibration=workload.sequences[:-(-COUNTED // LENGTH)])
        self.inputs, self.counted = first.inputs, first.calibration.size

    def coded(self, setting: Setting) -> list[tuple[Code, float]]:
        """Return code and step for each block."""
        at = setting.percentile
        assert at is not None
        if at not in self.found:
            self.found[at] = [percentiles(u, [at])[0] for u in self.calibrating.inputs]
        return [(setting.code, setting.code.step(c)) for c in self.found[at]]

    def answers(self, chosen: Sequence[tuple[Code, float]]) -> tuple[np.ndarray, float]:
        """Return the answers to the test text, and seconds."""
        began = time.monotonic()
        answers = self.workload.run(chosen, self.step)
        return answers, round(time.monotonic() - began, 2)

    def choose(self, setting: Setting) -> Setting:
        """Return the setting with the percentile of the least loss on calibration text."""
        tried = [replace(setting, percentile=at) for at in PERCENTILES]
        return min(tried, key=lambda one: self.workload.answers(
            self.workload.calibration, self.coded(one), self.step).mean())

    def layers(self, chosen: Sequence[tuple[Code, float]]) -> list[LayerRecord]:
        """Return what codes do to the activations of each block."""
        records = []
        for block, ((code, step), u) in enumerate(zip(chosen, self.inputs, strict=True)):
            found = figures(code, u, step)
            records.append(LayerRecord(
                block=block, step=found.step, db=found.db,
                segments_percent=[100 * share for share in found.shares],
                saturated_percent=100 * found.saturated))
        return records
