"""Recalibrating batch norm: new means and variances under reduced arithmetic, without labels.

Shomron, Weiser, "Post-Training BatchNorm Recalibration", arXiv 2010.05625. Reduced precision shifts
what a layer gives, so statistics taken in floating point no longer fit. Images run through the
network with the reduced arithmetic on, as in training: each batch norm uses mean and variance of
the batch at hand, and keeps running ones, which the model uses afterwards. Weights, gamma, beta and
all steps stay as they are.
"""

from skimp.golden.checks import one_of
from skimp.golden.nets.floating import as_images

__all__ = ["AVERAGINGS", "BATCH", "BATCHES", "Running", "recalibrate"]

AVERAGINGS = ("momentum", "average")
#: What the authors' code uses: 17 batches of 128 images.
BATCH, BATCHES = 128, 17


def recalibrate(model, images, *, averaging="momentum", momentum=0.1, batch=BATCH, progress=None):
    """Return the model with the statistics of ``images`` in its batch norms.

    Batches are normalised by their biased variance; the running variance is unbiased.

    Parameters
    ----------
    model : golden.nets.engine.Model
    images : uint8 array ``(images, rows, columns, channels)``
        Unlabelled; a remainder that fills no batch is not used.
    averaging : {"momentum", "average"}
        ``momentum``: a batch moves each statistic by ``momentum`` of the way from where it was, the
        model's own to begin with. ``average``: the mean over batches, the model's own forgotten.
    momentum : float
        In ``(0, 1]``.
    batch : int
        Images of a batch.
    progress : callable, optional
        ``progress()`` is called after each batch.

    Raises
    ------
    TypeError
        If images are not uint8.
    ValueError
        If there is no batch norm, not a single batch, or a parameter is out of its range.
    """
    one_of("The averaging", averaging, AVERAGINGS)
    if not 0 < momentum <= 1:
        raise ValueError(f"Momentum must be in (0, 1], not {momentum!r}")
    if batch < 2:
        raise ValueError(f"A batch must have at least 2 images, for its variance, not {batch!r}")
    images = as_images(model.network, images)
    if len(images) < batch:
        raise ValueError(f"Recalibration needs at least a batch of {batch} images, "
                         f"not {len(images)}")
    if not model.statistics:
        raise ValueError("Recalibration needs a network with batch norm, but there is none")

    running = Running(model.statistics, averaging=averaging, momentum=momentum)
    for start in range(0, len(images) // batch * batch, batch):
        for _ in model.run(images[start:start + batch], running.batch()):
            pass
        if progress is not None:
            progress()
    return model.with_statistics(running.statistics)


class Running:
    """Means and variances that follow those of batches; parameters as for `recalibrate`."""

    def __init__(self, statistics, *, averaging="momentum", momentum=0.1):
        self.averaging, self.momentum, self.batches = averaging, momentum, 0
        #: Of each batch norm, as they are now.
        self.statistics = {name: (mean.copy(), var.copy())
                           for name, (mean, var) in statistics.items()}

    def batch(self):
        """Return what a model's run over the next batch takes as ``training``."""
        self.batches += 1
        share = self.momentum if self.averaging == "momentum" else 1 / self.batches

        def training(name, x):
            axes = tuple(range(x.ndim - 1))
            mean, var = x.mean(axis=axes), x.var(axis=axes)
            count = x.size // x.shape[-1]
            for old, new in zip(self.statistics[name], (mean, var * (count / (count - 1))),
                                strict=True):
                old += share * (new - old)
            return mean, var
        return training
