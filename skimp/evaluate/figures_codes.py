"""Figures of codes of activations: how well each stands for real numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from skimp.jobs.record import Record, figure, text

__all__ = ["CodeRecord", "CodesReport", "written_shares"]


def written_shares(shares: Sequence[float]) -> str:
    """Return percentages, small ones with two digits, or a dash for a code of one step."""
    return " ".join(f"{share:.1f}" if share >= 1 or share == 0 else f"{share:.2f}"
                    for share in shares) or "-"


@dataclass(frozen=True, kw_only=True)
class CodeRecord(Record):
    """A code on the activations of a layer: see `golden.softedge`."""

    layer: str = text("layer", "name of the array")
    bits: int = figure("bits", "", "d", "of a code")
    code: str = text("code", "see golden.softedge.named")
    percentile: float = figure("at", "", ".15g", "percentile of |u| that makes the step: of those "
                               "tried, the best on the first half")
    step: float = figure("step", "", ".4g", "of the code's standard segment")
    db: float | None = figure("dB", "", ".1f", "signal to noise on the second half; none without "
                              "noise")
    segments_percent: list[float] = figure("segments %", "", written_shares, "of the values, "
                                           "by segment: fine, standard, coarse")
    saturated_percent: float = figure("clipped", "%", ".3g", "values that no code is near")
    best: bool = text("best", "whether no code of as many bits has more dB on this array")


@dataclass(frozen=True, kw_only=True)
class CodesReport(Record):
    """What `skimp evaluate --activations` reports."""

    activations: str = text("activations", "name of the file")
    conditions: dict[str, Any] = text("conditions", "what holds for every row")
    rows: list[CodeRecord] = text("codes", "a row each array and code")
