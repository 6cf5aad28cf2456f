"""Schemes side by side on one network: the rows of the report."""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from skimp.evaluate.figures import AccuracyReport, SchemeRecord
from skimp.evaluate.workload import count_pieces
from skimp.golden.arithmetic import Exact, Scheme, parse
from skimp.golden.arithmetic.nbsmt import POLICIES
from skimp.golden.arithmetic.sparq import CONFIGS
from skimp.golden.nets.engine import BATCH, Model, assign
from skimp.golden.nets.measure import cost, usage
from skimp.golden.nets.recalibrate import BATCHES, recalibrate
from skimp.golden.workloads.images import Images

__all__ = ["ALL", "DEFAULT", "arrange", "evaluate", "figures"]

USAGE_IMAGES = 50       # operands are counted for so many

#: Evaluated if nothing is said, and by ``--all``.
DEFAULT = tuple(map(parse, ("static:4", "sparq:5opt", "nbsmt:2", "nbsmt:4")))
ALL = tuple(map(parse, (
    "static:4", "static:3",
    *(f"sparq:{config}{rounding}{pairs}" for config in CONFIGS for rounding in ("", ":trim")
      for pairs in ("", ":single")),
    *(f"nbsmt:{threads}:{policy}{order}" for threads in (2, 4) for policy in POLICIES
      for order in ("", ":reorder")))))


def arrange(schemes: Sequence[Scheme], *, reorder: bool,
            threads_per_layer: tuple[int, ...] | None) -> list[Scheme]:
    """Set threads layer by layer, and put each scheme of threads with K reordered beside itself."""
    if threads_per_layer is not None:
        changed = [scheme.with_threads(threads_per_layer) for scheme in schemes]
        if not any(changed):
            raise ValueError("--threads-per-layer needs an NB-SMT scheme, such as nbsmt:2")
        schemes = [new or scheme for new, scheme in zip(changed, schemes, strict=True)]
    if reorder:
        pairs = [(scheme, scheme.with_order()) for scheme in schemes]
        if not any(other for _, other in pairs):
            raise ValueError("--reorder needs an NB-SMT scheme, such as nbsmt:2")
        schemes = [one for pair in pairs for one in pair if one is not None]
    return list(dict.fromkeys(scheme for scheme in schemes if scheme != Exact()))


def evaluate(workload: Images, schemes: Sequence[Scheme], *, recalibrated: str | None = None,
             rows: int = 16, cols: int = 16,
             progress: Callable[..., None] | None = None) -> AccuracyReport:
    """Measure exact 8 bits and each scheme, and each again with batch norm recalibrated.

    Parameters
    ----------
    schemes : sequence of Scheme
        All different, and not exact.
    recalibrated : {"momentum", "average"}, optional
        How; None: not at all.
    rows, cols : int
        Multipliers of the array.
    progress : callable, optional
        Is told how many pieces are done, and of how many.

    Raises
    ------
    ValueError
        If a scheme does not fit the network, or there is no batch norm to recalibrate; before
        anything is measured.
    """
    models = {scheme: Model(workload.quantized, assign(workload.quantized, scheme))
              for scheme in (Exact(), *schemes)}
    if recalibrated and not models[Exact()].statistics:
        raise ValueError(f"--recalibrate needs a network with batch norm; {workload.name} has none")
    if recalibrated and not schemes:
        raise ValueError("--recalibrate needs a scheme beside exact, which all are compared with")
    each = -(-len(workload.images) // BATCH)
    again = BATCHES + each if recalibrated else 0
    pieces = len(models) * each + (len(models) - 1) * again
    step = count_pieces(progress, pieces)
    found: list[SchemeRecord] = []
    reference: np.ndarray | None = None
    for scheme, model in models.items():
        began = time.monotonic()
        logits = model.logits(workload.images, step)
        seconds = time.monotonic() - began
        reference = logits if reference is None else reference
        plain = figures(scheme, model, workload, logits, reference, rows=rows, cols=cols)
        found.append(replace(plain, seconds=round(seconds, 2)))
        if recalibrated and scheme != Exact():
            better = recalibrate(model, workload.training, averaging=recalibrated, progress=step)
            began = time.monotonic()
            logits = better.logits(workload.images, step)
            seconds = time.monotonic() - began
            row = figures(scheme, better, workload, logits, reference, rows=rows, cols=cols)
            lost = plain.loss_points
            found.append(replace(
                row, recalibrated=recalibrated, seconds=round(seconds, 2),
                recovered_percent=100 * (lost - row.loss_points) / lost
                if lost > 2 * plain.loss_error_points else None))
    kept = workload.quantized.kept
    return AccuracyReport(network=workload.name, rows=found, conditions={
        **workload.conditions, "metric": workload.metric, "array": f"{rows} x {cols}",
        "exact_layers": list(kept),
        "usage_images": min(USAGE_IMAGES, len(workload.images)),
        "reduced_layers": [node.name for node in workload.quantized.reduced]})


def figures(scheme: Scheme, model: Model, workload: Images, logits: np.ndarray,
            reference: np.ndarray, *, rows: int, cols: int) -> SchemeRecord:
    """Return the record of a model that has given ``logits``."""
    right = workload.score(logits, reference)
    used = usage(model, workload.images[:USAGE_IMAGES])
    price = cost(model, rows=rows, cols=cols)
    return SchemeRecord(
        scheme=str(scheme), top1_percent=100 * right.value, loss_points=100 * right.loss,
        loss_error_points=100 * right.error,
        reduced_activations_percent=100 * (used.activations / used.products),
        reduced_weights_percent=100 * (used.weights / used.products),
        steps_by_active=used.active.tolist(),
        collisions_percent=100 * float(used.active[2:].sum() / used.active.sum()),
        busy_percent=100 * float(1 - used.active[0] / used.active.sum()), cycles=price.cycles,
        macs_per_cycle=price.products / price.cycles, speed_up=price.speed_up,
        ideal_speed_up=price.ideal_speed_up, utilisation_percent=100 * price.utilisation)
