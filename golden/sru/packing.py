"""Sequences of different lengths as one array of frames, time-major and without padding."""

from functools import cached_property

import numpy as np

from skimp.golden.checks import integers

__all__ = ["Packing"]


class Packing:
    """Where the frames of sequences stand in one array ``(frames, ...)``.

    The longest sequence comes first. The array holds the first frame of every sequence, then the
    second of every sequence that has one, and so on: the frames of a step are neighbours, and a
    recurrence touches nothing but frames that exist.

    Parameters
    ----------
    lengths : integers ``(sequences,)``
        Frames of each sequence, at least 1.

    Attributes
    ----------
    active : int64 ``(steps,)``
        How many sequences have a frame at each step; never grows.
    starts : int64 ``(steps,)``
        Where the frames of each step begin.
    order : int64 ``(frames,)``
        For each place, its frame among sequences that stand one after the other.
    reverse : int64 ``(frames,)``
        Reverses each sequence in its own length; it is its own inverse.
    previous : int64 ``(frames - sequences,)``
        Places of the frames before those of the second and later steps.

    Raises
    ------
    TypeError
        If lengths are not integers.
    ValueError
        If there is no sequence, or one without frames.
    """

    def __init__(self, lengths):
        lengths = integers(lengths, "Lengths").astype(np.int64)
        if lengths.ndim != 1 or not lengths.size or lengths.min() < 1:
            raise ValueError("Sequences must be at least one, and have at least one frame each")
        #: The sequences from the longest to the shortest.
        self.ranked = np.argsort(-lengths, kind="stable")
        self.lengths = lengths
        ranked = lengths[self.ranked]
        self.active = (ranked > np.arange(ranked[0])[:, np.newaxis]).sum(axis=1)
        self.starts = np.cumsum(self.active) - self.active
        #: Of each place: its step, and the rank of its sequence.
        self.step = np.repeat(np.arange(len(self.active)), self.active)
        self.rank = np.arange(len(self.step)) - self.starts[self.step]
        begins = (np.cumsum(lengths) - lengths)[self.ranked]
        self.order = begins[self.rank] + self.step
        self.reverse = self.starts[ranked[self.rank] - 1 - self.step] + self.rank
        later = slice(len(lengths), None)
        self.previous = self.starts[self.step[later] - 1] + self.rank[later]

    @cached_property
    def slices(self):
        """The frames of each step, as slices."""
        return [slice(start, start + count)
                for start, count in zip(self.starts.tolist(), self.active.tolist(), strict=True)]

    def mean(self, frames):
        """Return the mean of each sequence's frames: ``(sequences, ...)`` in the callers' order."""
        total = frames[self.slices[0]].copy()
        for places in self.slices[1:]:
            total[:places.stop - places.start] += frames[places]
        found = np.empty_like(total)
        found[self.ranked] = total
        return found / self.lengths[:, np.newaxis].astype(frames.dtype)
