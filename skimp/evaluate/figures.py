"""Figures of a network under reduced precision."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from skimp.jobs.record import Record, figure, text

__all__ = ["AccuracyReport", "BitsRecord", "NetworkBits", "NetworkRecord",
           "PredictionRecord", "SchemeRecord"]


def _shares(steps: Sequence[int]) -> str:
    """Return counts as percent, without those at the end that are zero."""
    most = max((place for place, count in enumerate(steps, 1) if count), default=0)
    return " ".join(f"{100 * count / max(1, sum(steps)):.1f}" for count in steps[:max(2, most)])


@dataclass(frozen=True, kw_only=True)
class SchemeRecord(Record):
    """Accuracy and speed under a scheme: see `golden.nets.schemes` and `golden.nets.measure`."""

    scheme: str = text("scheme", "how products are reduced")
    recalibrated: str | None = text("batch norm", "recalibrated so", default=None)
    top1_percent: float = figure("top-1", "%", ".2f", "right answers")
    loss_points: float = figure("loss", "", "+.2f", "points less than exact 8 bits")
    loss_error_points: float = figure("+-", "", ".2f", "standard error of it, same images")
    recovered_percent: float | None = figure(
        "recovered", "%", ".0f", "of a loss above twice its error, by recalibration", default=None)
    reduced_activations_percent: float = figure("reduced a", "%", ".1f", "of all products")
    reduced_weights_percent: float = figure("reduced w", "%", ".1f", "of all products")
    steps_by_active: list[int] = figure(
        "steps % by 0,1,..4 active", "", _shares, "threads with two nonzero operands")
    collisions_percent: float = figure("collide", "%", ".1f", "steps with two such or more")
    busy_percent: float = figure("busy", "%", ".1f", "steps with any such thread")
    cycles: int = figure("cycles", "", ",", "of an image on the array")
    macs_per_cycle: float = figure("MACs/cycle", "", ".0f", "of the array")
    speed_up: float = figure("speed-up", "", ".2f", "relative to a product a step")
    ideal_speed_up: float = figure("ideal", "", ".2f", "without the edges of tiles")
    utilisation_percent: float = figure("util.", "%", ".0f", "of the array")
    seconds: float = figure("time", "s", ".1f", "that all images took", default=0.0)


@dataclass(frozen=True, kw_only=True)
class NetworkRecord(SchemeRecord):
    """The same of one of several networks."""

    network: str = text("network", "its name")


@dataclass(frozen=True, kw_only=True)
class NetworkBits(Record):
    """A network of a comparison; its loss is against its own 8 bits."""

    network: str = text("network", "its name")
    mean_kurtosis: float = figure("kurtosis", "", ".1f", "of the weights of reduced layers")
    top1_percent: float = figure("top-1", "%", ".2f", "right answers")
    loss_points: float = figure("loss", "", "+.2f", "in points")
    loss_error_points: float = figure("+-", "", ".2f", "standard error of it")


@dataclass(frozen=True, kw_only=True)
class BitsRecord(Record):
    """Two networks with fewer bits after training."""

    weights: int = figure("weights", "", ",", "bits of a weight")
    activations: int = figure("activations", "", ",", "bits of an activation")
    steps: str = text("steps", "uniform, power of two, or uniform, one a tensor")
    networks: list[NetworkBits] = text("networks", "both, in order")
    gain_points: float = figure("gain", "", "+.2f", "top-1 of the second less that of the first")
    gain_error_points: float = figure("+-", "", ".2f", "standard error of it, paired by image")


@dataclass(frozen=True, kw_only=True)
class PredictionRecord(Record):
    """Outputs that are predicted and not computed: see `golden.predictor`."""

    predictor: str = text("predictor", "see golden.nets.asked")
    scheme: str = text("scheme", "how products are reduced")
    thresholds: str | None = text("thresholds", "one a channel or a layer; none to choose",
                                  default=None)
    target_percent: float | None = figure(
        "aim", "%", "g", "of products or clocks, on training images", default=None)
    recalibrated: str | None = text("batch norm", "recalibrated so", default=None)
    skipped_percent: float = figure("skipped", "%", ".1f", "of all products of an image")
    skipped_main_percent: float = figure("main", "%", ".1f", "the same without shortcuts")
    skipped_predicted_percent: float = figure("of layers", "%", ".1f", "of predicted layers' own")
    net_percent: float = figure("net", "%", ".1f", "less the predictor's products, by their bits")
    top1_percent: float = figure("top-1", "%", ".2f", "right answers")
    loss_points: float = figure("loss", "", "+.2f", "points less than exact 8 bits")
    loss_error_points: float = figure("+-", "", ".2f", "standard error of it, same images")
    cycles: int = figure("cycles", "", ",", "of an image on the array, in two phases")
    speed_up: float = figure("speed-up", "", ".2f", "relative to one phase, nothing skipped")
    phases_speed_up: float = figure("phases", "", ".2f", "the same of two phases alone")
    seconds: float = figure("time", "s", ".1f", "that all images took", default=0.0)


@dataclass(frozen=True, kw_only=True)
class AccuracyReport(Record):
    """What `skimp evaluate` reports."""

    network: str = text("network", "its name")
    conditions: dict[str, Any] = text("conditions", "what holds for every row")
    rows: list[SchemeRecord] = text("schemes", "a row each, exact 8 bits first", default=())
    kure: list[BitsRecord] = text("bits", "if two networks are compared", default=())
    predictions: list[PredictionRecord] = text(
        "predictions", "a row each predictor and operating point", default=())
