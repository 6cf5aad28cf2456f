"""Figures of a network of text whose scan reads coded activations."""

from dataclasses import dataclass
from typing import Any

from skimp.evaluate.figures_codes import written_shares
from skimp.jobs.record import Record, figure, text

__all__ = ["CodeLayerRecord", "LayerRecord", "TextRecord", "TextReport"]


@dataclass(frozen=True, kw_only=True)
class LayerRecord(Record):
    """A code on the input of one block's scan; float activations of the first test sequences."""

    block: int = figure("block", "", "d", "number of the block")
    step: float = figure("step", "", ".4g", "of the code's standard segment")
    db: float | None = figure("dB", "", ".1f", "signal to noise; none without noise")
    segments_percent: list[float] = figure("segments %", "", written_shares, "of the values, "
                                           "by segment: fine, standard, coarse")
    saturated_percent: float = figure("clipped", "%", ".3g", "values that no code is near")


@dataclass(frozen=True, kw_only=True)
class CodeLayerRecord(LayerRecord):
    """The same of one of several codes."""

    code: str = text("code", "see golden.softedge.named")
    percentile: float = figure("at", "", ".15g", "percentile of |u| that makes the steps")


@dataclass(frozen=True, kw_only=True)
class TextRecord(Record):
    """Loss of a network of text under a code: see `golden.softedge` and `golden.mamba`."""

    code: str = text("code", "see golden.softedge.named")
    bits: int = figure("bits", "", "d", "of a code")
    percentile: float | None = figure("at", "", ".15g", "percentile of |u| that makes the steps",
                                      default=None)
    chosen: bool = text("chosen", "whether the percentile is that of least loss on calibration "
                        "text", default=False)
    bits_per_character: float = figure("bpc", "", ".4f", "bits per character of test text")
    loss_mbit: float = figure("loss", "", ".2f", "thousandths of a bit per character more than "
                              "with u in floats")
    loss_error_mbit: float = figure("+-", "", ".2f", "standard error of it, paired by sequence")
    under_int8_mbit: float | None = figure(
        "int8's less it", "", ".2f", "loss of symmetric INT8 less this, mbit", default=None)
    under_int8_error_mbit: float | None = figure("+-", "", ".2f", "standard error of it, paired",
                                                 default=None)
    under_zero_mbit: float | None = figure(
        "zero's less it", "", ".2f", "loss of INT8 with a zero point less this, mbit", default=None)
    under_zero_error_mbit: float | None = figure("+-", "", ".2f", "standard error of it, paired",
                                                 default=None)
    layers: list[LayerRecord] = text("blocks", "a record each", default=())
    seconds: float = figure("time", "s", ".1f", "that the test text took", default=0.0)


@dataclass(frozen=True, kw_only=True)
class TextReport(Record):
    """What `skimp evaluate` reports of a network of text."""

    network: str = text("network", "its name")
    conditions: dict[str, Any] = text("conditions", "what holds for every row")
    rows: list[TextRecord] = text("codes", "a row each, u in floats first")
