"""The training loop: AdamW, a rate that rises quickly and falls as a cosine to 0.

Seeded and on one thread, as `golden.nets.train.loop`: on one machine and PyTorch two runs end in
the same weights.
"""

import importlib
import math
import sys
import time
from dataclasses import dataclass

import numpy as np

from skimp.golden.mamba.train.module import Mamba
from skimp.golden.mamba.train.text import windows

__all__ = ["Schedule", "bits", "fit", "round_to_half"]

torch = importlib.import_module("torch")
functional = torch.nn.functional


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """How long and how fast to train."""

    steps: int = 2600
    #: Sequences of a step. Few: at the same work, more steps end in a lower loss.
    batch: int = 8
    #: Peak of the rate, reached after ``warmup`` steps.
    rate: float = 4e-3
    warmup: int = 100
    #: Of matrices; scales, biases, A and D do not decay.
    weight_decay: float = 0.05

    def __post_init__(self):
        if self.steps < 1:
            raise ValueError(f"Training needs at least one step, not {self.steps}")

    def factor(self, step):
        """Return what the rate is multiplied by at a step, counted from 0."""
        if step < self.warmup:
            return (step + 1) / self.warmup
        done = (step - self.warmup) / max(1, self.steps - self.warmup)
        return (1 + math.cos(math.pi * done)) / 2


def fit(alphabet, pieces, schedule, *, seed):
    """Return a trained `Mamba`.

    Parameters
    ----------
    alphabet : str
    pieces : list of uint8 arrays
        Contiguous text, numbers of characters.
    schedule : Schedule
    seed : int
        Of the first weights and the order of the text.
    """
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    net, rng = Mamba(len(alphabet)), np.random.default_rng(seed)
    named = dict(net.named_parameters())
    matrices = [p for name, p in named.items() if p.ndim > 1 and not name.endswith("a_log")]
    others = [p for name, p in named.items() if p.ndim == 1 or name.endswith("a_log")]
    optimizer = torch.optim.AdamW([
        {"params": matrices, "weight_decay": schedule.weight_decay},
        {"params": others, "weight_decay": 0.0}], lr=schedule.rate, betas=(0.9, 0.98))
    falling = torch.optim.lr_scheduler.LambdaLR(optimizer, schedule.factor)
    began, mean, step = time.monotonic(), 0.0, 0
    while step < schedule.steps:
        for batch in torch.from_numpy(windows(pieces, rng)).split(schedule.batch):
            if step == schedule.steps:
                break
            loss = _loss(net, batch)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()
            falling.step()
            mean, step = mean + loss.item() / math.log(2), step + 1
            if step % 100 == 0 or step == schedule.steps:
                print(f"step {step}/{schedule.steps}, {mean / ((step - 1) % 100 + 1):.4f} bits, "
                      f"{time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
                mean = 0.0
    return net.eval()


def _loss(net, batch):
    """Return the cross entropy, in nats, of windows ``(batch, length + 1)``."""
    batch = batch.long()
    return functional.cross_entropy(net(batch[:, :-1]).flatten(0, 1), batch[:, 1:].flatten())


def round_to_half(net):
    """Round all weights to 16 bits, in place: as they are stored."""
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.copy_(parameter.half())


def bits(net, sequences):
    """Return the mean bits per character of sequences ``(sequences, length)`` behind the first."""
    with torch.no_grad():
        losses = [_loss(net, batch).item() * len(batch)
                  for batch in torch.from_numpy(sequences).split(100)]
    return sum(losses) / len(sequences) / math.log(2)
