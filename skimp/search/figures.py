"""Figures of a search."""

from dataclasses import dataclass
from typing import Any

from skimp.jobs.record import Record, figure, text

__all__ = ["Baseline", "Beacon", "Evaluation", "Loss", "Member", "Prices", "SearchReport"]


def _speed(value: float) -> str:
    """Return a speed-up: small ones differ in hundredths."""
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


@dataclass(frozen=True, kw_only=True)
class Prices(Record):
    """What a candidate costs and gains on a platform; None where the platform has no price."""

    speed_up_time: float = figure(
        "Speed", "", _speed, "time of all matrices over this time: in 16 bits, or on the plain "
        "array of the same area")
    speed_up_mean: float | None = figure(
        "Mean", "", ".1f", "mean of the matrices' speed-ups, weighted by multiplications: the "
        "paper's figure, no speed-up of the whole", default=None)
    memory_bytes: float | None = figure(
        "Memory", "B", ",.0f", "weights in their bits, the rest in 16", default=None)
    compression: float | None = figure(
        "Compr.", "", ".1f", "memory in float32 over this memory", default=None)
    energy_pj: float | None = figure(
        "Energy", "pJ", ",.0f", "energy of a frame without gates and states, or of an image",
        default=None)
    saving_percent: float | None = figure(
        "Saving", "%", ".1f", "of the largest possible saving of energy, or of the energy on the "
        "plain array of the same area", default=None)
    chip: str | None = figure("Chip", "", "", "what is built", default=None)
    rows: int | None = figure("Rows", "", "", "of the array", default=None)
    cols: int | None = figure("Cols", "", "", "columns of the array", default=None)
    area_mm2: float | None = figure("Area", "mm2", ".2f", "of the array", default=None)
    clock_ns: float | None = figure("Clock", "ns", ".2f", "of the array", default=None)
    clocks: int | None = figure("Clocks", "", ",", "of an image", default=None)


@dataclass(frozen=True, kw_only=True)
class Loss(Record):
    """What a network loses under the settings of a candidate."""

    value: float = figure("Value", "", ".1f", "what the network is scored by")
    loss: float = figure("Loss", "", "+.2f", "how much worse than the reference")
    loss_error: float = figure(
        "+-", "", ".2f", "standard error of the loss, over the samples in pairs")


@dataclass(frozen=True, kw_only=True)
class Evaluation(Record):
    """A candidate that was evaluated on the search set."""

    genes: list[int] = text("Genes", "which choice each gene takes")
    prices: Prices = text("Prices", "what it costs and gains")
    found: Loss = text("Search", "loss on the search set, with the best parameter set that it got")
    parameters: str = text("Set", "that parameter set: the base, or a beacon")
    feasible: bool = text("Feasible", "whether it keeps within all limits")


@dataclass(frozen=True, kw_only=True)
class Member(Record):
    """A candidate of a front, with its loss on recordings that no search has seen."""

    number: int = figure("No", "", "", "its number in its front, from the largest loss")
    front: str = text("Front", "how it was found")
    short: str = text("Settings", "settings of each layer, in short")
    parameters: str = text("Set", "parameter set: the base, or a beacon")
    words: list[str] = text("In words", "the candidate in words")
    commands: list[str] = text("Commands", "what builds it and measures its loss")
    genes: list[int] = text("Genes", "which choice each gene takes")
    prices: Prices = text("Prices", "what it costs and gains")
    search_value: float = figure("Search value", "", ".1f", "its score on the search set")
    search_loss: float = figure("Search", "", "+.2f", "loss on the search set, which chose it")
    test_value: float = figure("Test value", "", ".1f", "its score on the test set")
    test_loss: float = figure("Test", "", "+.2f", "loss on the test set, which chose nothing")
    test_loss_error: float = figure(
        "+-", "", ".2f", "standard error of that, over the samples in pairs")
    base_test_loss: float = figure("Base", "", "+.1f", "that of the base, without retraining")


@dataclass(frozen=True, kw_only=True)
class Baseline(Record):
    """A way to search, with all that it found."""

    front: str = text("Search", "how candidates were found")
    evaluated: int = figure("Evaluated", "", ",", "candidates that were evaluated")
    feasible: int = figure("Feasible", "", ",", "those within all limits")
    hypervolume: float = figure(
        "Hypervolume", "", ".3f", "share that its front dominates, on the search set, of the box "
        "from the limits to no error and the best prices")
    over_evaluations: list[list[float]] = text(
        "Course", "pairs: candidates evaluated, hypervolume then")
    members: list[Member] = text("Members", "its front")


@dataclass(frozen=True, kw_only=True)
class Beacon(Record):
    """A parameter set beside the base: a network retrained under a candidate's settings."""

    name: str = text("Set", "its name")
    short: str = text("Retrained for", "settings of each layer that it was retrained under")
    origin: str = text("Origin", "shipped, or retrained in this search")
    before: float = figure(
        "Before", "", "+.1f", "loss of the base under these settings, on the search set")
    after: float = figure("After", "", "+.1f", "its own")
    served: int = figure("Served", "", ",", "candidates of which its loss was the smallest")


@dataclass(frozen=True, kw_only=True)
class SearchReport(Record):
    """What `skimp search` prints."""

    network: str = text("Network", "what is searched for")
    platform: str = text("Platform", "what it runs on")
    source: str = text("Source", "where the platform's prices are from")
    conditions: dict[str, Any] = text("Conditions", "data, limits, seed, versions")
    genes: list[dict[str, Any]] = text("Genes", "names and choices")
    reference: Loss = text("Reference", "the most exact candidate, on the test set")
    searches: list[Baseline] = text("Searches", "the search, and what it stands beside")
    chips: list[Member] = text("Chips", "of each chip the fastest candidate within all limits")
    beacons: list[Beacon] = text("Beacons", "parameter sets beside the base")
    evaluations: list[Evaluation] = text("Evaluations", "every candidate, in order")
