"""A network that predicts text, a character at a time."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import ClassVar

import numpy as np

from skimp.golden.mamba import floating, network, text
from skimp.golden.mamba.eight import in_eight_bits
from skimp.golden.mamba.integer import LOGIT_UNIT, IntegerMamba
from skimp.golden.mamba.network import Mamba
from skimp.golden.workloads.base import Score

__all__ = ["Text", "shipped"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Text:
    """A Mamba and the sequences that it is scored on: a `golden.workloads.base.Workload`.

    Answers are bits, float64 ``(sequences, characters - 1)``: what each character behind the first
    of its sequence costs.
    """

    metric: ClassVar[str] = "bits per character"
    higher_is_better: ClassVar[bool] = False

    name: str
    network: Mamba
    #: Numbers of characters, uint8 ``(sequences, characters)``.
    sequences: np.ndarray
    #: Sequences to choose steps and percentiles by, of other text.
    calibration: np.ndarray
    #: Looks at, or changes, what stands between layers: `golden.mamba.floating.forward`.
    hook: Callable | None = None
    #: Whether `run` is in integers: `golden.mamba.integer`.
    integers: bool = False

    def run(self, chosen=None, progress=None):
        """Return the answers.

        Parameters
        ----------
        chosen : sequence of ``(code, step)``, optional
            Of u in each block, as `golden.mamba.floating.forward` takes them; floats by default.
        progress : function of nothing, optional
            Called after each `golden.mamba.floating.BATCH` sequences.
        """
        return self.answers(self.sequences, chosen, progress)

    def answers(self, sequences, chosen=None, progress=None):
        """Return the answers to other sequences of characters, such as those of calibration."""
        forward, found = self._forward(chosen), []
        for begin in range(0, len(sequences), floating.BATCH):
            part = sequences[begin:begin + floating.BATCH]
            found.append(floating.bits(forward(part), part))
            if progress:
                progress()
        return np.concatenate(found)

    def _forward(self, chosen):
        """Return the function from sequences to logits."""
        if not self.integers:
            return lambda part: floating.forward(self.network, part, chosen, self.hook)
        if chosen is None:
            raise ValueError("In integers u must have a code: floats are none")
        model = IntegerMamba(self.network, chosen)
        return lambda part: model.logits(part) * LOGIT_UNIT

    def score(self, answers, reference):
        """Return the `Score` of answers: bits per character, sequences paired for the error."""
        own, other = answers.mean(1), reference.mean(1)
        worse = own - other
        error = worse.std(ddof=1) / len(worse)**0.5 if len(worse) > 1 else float("nan")
        return Score(float(own.mean()), float(worse.mean()), float(error))

    def in_eight_bits(self):
        """Return the same workload in full W8A8, simulated in floats: `golden.mamba.eight`."""
        ready, hook = in_eight_bits(self.network)
        return replace(self, network=ready, hook=hook)

    def in_integers(self):
        """Return the same workload in W8A8, all in integers; `run` then needs a code of u."""
        return replace(self, integers=True)

    @cached_property
    def inputs(self):
        """Return what calibration text gives for u: for each block float32 ``(sequences, ...)``.

        That is what `golden.softedge.percentiles` makes steps of.
        """
        found = [[] for _ in self.network.blocks]

        def look(number, site, tensor):
            if site == "u":
                found[number].append(tensor.swapaxes(0, 1))
            return tensor
        floating.forward(self.network, self.calibration, hook=look)
        return [np.concatenate(parts) for parts in found]


def shipped(name, characters=None, calibration=25_600):
    """Return a shipped Mamba as a workload, scored on so many characters; 204,800 by default.

    Raises
    ------
    ValueError
        If there is no such network, or not as many characters.
    """
    return Text(name=name, network=network.shipped(name),
                sequences=text.sequences("test", characters),
                calibration=text.sequences("calibration", calibration))
