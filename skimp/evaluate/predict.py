"""Predictors on one network: what they skip, what that costs in accuracy, and clocks."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from skimp.evaluate.figures import PredictionRecord
from skimp.evaluate.workload import count_pieces
from skimp.golden.arithmetic import Scheme
from skimp.golden.masks import mask
from skimp.golden.nets import limits, zaps
from skimp.golden.nets.asked import Asked
from skimp.golden.nets.engine import BATCH, Model, assign
from skimp.golden.nets.halted import Recalibration
from skimp.golden.nets.network import SHIPPED
from skimp.golden.nets.predict import Site, sites
from skimp.golden.nets.recalibrate import BATCH as RECALIBRATION
from skimp.golden.nets.recalibrate import BATCHES, recalibrate
from skimp.golden.nets.skipped import Counter, clocks
from skimp.golden.predictor import Predictor
from skimp.golden.workloads.images import Images

__all__ = ["AIMS", "SKIP", "THRESHOLDS", "predictions"]

#: Percent of all products that are skipped on training images, if nothing is said.
SKIP = (20, 25, 30, 35, 40)
#: How batch norm is recalibrated while limits are chosen: on few images, and quickly.
QUICKLY, QUICK_MOMENTUM = 3 * RECALIBRATION, 0.5
#: How thresholds are chosen: for each channel, the paper's way, one a layer, or with the ZAPs.
THRESHOLDS = ("channel", "layer", "trained")
#: What operating points are shares of: all products, or all clocks of the array.
AIMS = ("products", "clocks")


def predictions(workload: Images, asked: Sequence[Asked], schemes: Sequence[Scheme], *,
                skip: Sequence[float] | None = None, aim: str = "products",
                thresholds: str = "channel", recalibrated: str | None = None,
                trained: Path | None = None, rows: int = 16, cols: int = 16,
                progress: Callable[..., None] | None = None) -> list[PredictionRecord]:
    """Measure each predictor under each scheme, at each operating point.

    Limits are chosen on training images alone, under the scheme; test images only measure.

    Parameters
    ----------
    asked : sequence of Asked
    schemes : sequence of Scheme
        Exact 8 bits among them or not.
    skip : sequence of float
        Percent of all products, an operating point each; of no use to rules without limits.
        By default those of `SKIP` that a predictor can reach.
    aim : {"products", "clocks"}
        What ``skip`` is a share of; clocks only with a threshold for each channel.
    thresholds : {"channel", "layer", "trained"}
        The latter two for ZAPs alone; ``trained``: as they are in the ZAPs' file.
    recalibrated : {"momentum", "average"}, optional
        Each row again, batch norm recalibrated with prediction on. Limits are then chosen for
        that, so the row before shows what recalibration does at one operating point.
    trained : Path, optional
        The file of the network's ZAPs; None: those that come with a shipped network.
    rows, cols : int
        Multipliers of the array whose clocks are counted.

    Raises
    ------
    ValueError
        If a predictor does not fit the network or cannot skip so much, or there is no batch norm to
        recalibrate, before anything is measured.
    """
    if recalibrated and not workload.quantized.network.norms:
        raise ValueError(f"--recalibrate needs a network with batch norm; {workload.name} has none")
    there = sites(workload.quantized.network)
    if not there:
        raise ValueError(f"{workload.name} has no ReLU behind a convolution that --predict could "
                         "predict: those that read pixels, and linear layers, are left out")
    rough = {one: _useful(one.over(there, _trained(workload, trained)), there) for one in asked}
    for one, predictors in rough.items():
        if not predictors:
            raise ValueError(f"{workload.name} has no plane large enough for {one}")
    if thresholds != "channel":
        for one in asked:
            if one.zap is None:
                raise ValueError(f"--thresholds {thresholds} is of ZAPs, not of {one}: leave it "
                                 "out, or name ZAPs alone")
    exact = Model(workload.quantized)
    given = {one for one in asked if one.fixed or thresholds == "trained"}
    counted = partial(clocks, rows=rows, cols=cols) if aim == "clocks" else limits.products
    points = {one: [] if one in given else _points(workload.name, exact, one, predictors, skip,
                                                   counted(exact), aim)
              for one, predictors in rough.items()}
    models = {scheme: Model(workload.quantized, assign(workload.quantized, scheme))
              for scheme in schemes}
    each = -(-len(workload.images) // BATCH)
    again = each + BATCHES if recalibrated else 0
    levels = sum(len(predictors) * len(limits.shares(len(predictors)))
                 for one, predictors in rough.items()
                 if not one.fixed and thresholds == "channel")
    step = count_pieces(progress, each + len(schemes) * (
        sum(max(1, len(targets)) * (each + again) + len(targets) * limits.ROUNDS
            for targets in points.values()) + levels))
    adapted = Recalibration(images=workload.training[:QUICKLY], averaging=recalibrated,
                            momentum=QUICK_MOMENTUM) if recalibrated else None
    reference = exact.logits(workload.images, step)
    found: list[PredictionRecord] = []
    for scheme, model in models.items():
        for one, predictors in rough.items():
            for target, limited in _chosen(model, one, predictors, workload, points[one],
                                           thresholds, adapted, counted, step):
                words = {"scheme": str(scheme), "predictor": str(one), "target_percent": target,
                         "thresholds": None if one.fixed else thresholds}
                plain = model.with_predictors(limited)
                found.append(_row(words, plain, workload, reference, rows, cols, step))
                if recalibrated:
                    better = recalibrate(plain, workload.training, averaging=recalibrated,
                                         progress=step)
                    found.append(_row(words | {"recalibrated": recalibrated}, better, workload,
                                      reference, rows, cols, step))
    return found


def _trained(workload: Images, file: Path | None) -> Callable[..., Mapping[str, Predictor]]:
    """Return what loads the network's trained ZAPs of a mask and bits."""
    def load(kind: int, bits: tuple[int, int, int]) -> Mapping[str, Predictor]:
        network = workload.quantized.network
        if file is not None:
            return zaps.load(file, network, kind=kind, bits=bits)
        if workload.name not in SHIPPED:
            raise ValueError(f"ZAPs of {workload.name} must be trained, as golden.nets.train does: "
                             "give their file with --zaps")
        return zaps.shipped(workload.name, network, kind=kind, bits=bits)
    return load


def _useful(predictors: Mapping[str, Predictor],
            found: Mapping[str, Site]) -> dict[str, Predictor]:
    """Leave out planes that are computed first as a whole, or not at all."""
    masks = {name: mask(predictor.kind, *found[name].shape[:2])
             for name, predictor in predictors.items()}
    return {name: predictor for name, predictor in predictors.items()
            if masks[name].any() and not masks[name].all()}


def _points(network: str, model: Model, one: Asked, predictors: Mapping[str, Predictor],
            skip: Sequence[float] | None, spared: Callable[..., float], aim: str) -> list[float]:
    """Return the operating points of a predictor, in percent of what is aimed at."""
    found, most = sites(model.network), 0.0
    for name, predictor in predictors.items():
        first = mask(predictor.kind, *found[name].shape[:2])
        units = len(predictor.sizes(found[name].shape[-1]))
        most += 100 * max(limits.shares(len(predictors))) * spared(
            name, predictor, np.broadcast_to(first[..., np.newaxis], (1, *first.shape, units)))
    for target in skip or ():
        if target > most:
            raise ValueError(f"{one} can skip at most {most:.1f} % of the {aim} of "
                             f"{network}, not {target:g} %: lower --skip")
    return list(dict.fromkeys(skip) if skip else [target for target in SKIP if target <= most])


def _chosen(model: Model, one: Asked, predictors: dict[str, Predictor], workload: Images,
            points: Sequence[float], thresholds: str,
            adapted: Recalibration | None, counted: Callable[..., Callable[..., float]],
            step: Callable[[], None],
            ) -> Iterator[tuple[float | None, Mapping[str, Predictor]]]:
    """Yield the predictors of each operating point, with its target in percent."""
    if one.fixed or thresholds == "trained":
        yield None, predictors
        return
    third = len(workload.choosing) // 3
    images, judged = workload.choosing[:third], workload.choosing[third:]
    if thresholds == "layer":
        from skimp.golden.nets import fitted  # SciPy takes a second to import

        fits = fitted.fit(model, predictors, images)
        for target in points:
            yield target, fits.at(target / 100)
        return
    found = limits.measure(model, predictors, images, judged, recalibration=adapted,
                               spared=counted(model), progress=step)
    for target in points:
        yield target, found.at(target / 100, step)


def _row(words: dict[str, Any], model: Model, workload: Images, reference: np.ndarray,
         rows: int, cols: int, step: Callable[[], None]) -> PredictionRecord:
    """Return the record of what the model does on the test images; ``words`` say what it is."""
    counter = Counter(model, rows=rows, cols=cols)
    began = time.monotonic()
    logits = model.logits(workload.images, step, counter)
    seconds = time.monotonic() - began
    right, spared = workload.score(logits, reference), counter.result()
    return PredictionRecord(
        **words, top1_percent=100 * right.value, loss_points=100 * right.loss,
        loss_error_points=100 * right.error, skipped_percent=100 * spared.gross,
        skipped_main_percent=100 * spared.main, skipped_predicted_percent=100 * spared.of_predicted,
        net_percent=100 * spared.net, cycles=spared.cycles,
        speed_up=spared.dense_cycles / spared.cycles,
        phases_speed_up=spared.dense_cycles / spared.phase_cycles, seconds=round(seconds, 2))
