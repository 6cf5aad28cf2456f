"""What every layer has: a name, inputs, arrays, and its computation."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple

import numpy as np

from skimp.golden.nets.codes import Codes, as_reals, code

__all__ = ["Op", "Tensor"]


class Tensor(NamedTuple):
    """The result of a layer for an image."""

    #: ``(rows, columns, channels)``, or ``(features,)``.
    shape: tuple[int, ...]
    #: Whether it is never negative, whatever the image. Unsigned tensors are stored as codes.
    unsigned: bool
    #: Of a code.
    bits: int = 8


@dataclass(frozen=True, kw_only=True, eq=False)
class Op:
    """A layer of a network; `golden.nets.network` says what each op has.

    Arrays become float32.

    Raises
    ------
    TypeError
        If an array is not of floating point.
    ValueError
        If an attribute, array or number of inputs is wrong.
    """

    #: Name of the op in files.
    op: ClassVar[str]
    #: Tensors that it reads.
    reads: ClassVar[int] = 1
    #: Arrays that it must have, and may have, with their axes.
    needed: ClassVar[dict[str, int]] = {}
    optional: ClassVar[dict[str, int]] = {}
    #: Fields that files store.
    attributes: ClassVar[tuple[str, ...]] = ()
    #: Whether its result has the codes, and so the step, of its input.
    keeps_codes: ClassVar[bool] = False
    #: Whether each channel of its result depends on the same channel alone.
    by_channel: ClassVar[bool] = True
    #: ``infer(*tensors)`` returns the `Tensor` that it makes of those it reads; a ValueError names
    #: the layer that cannot read them.
    infer: ClassVar[Callable[..., Tensor]]
    #: ``real(*x)`` returns its result for arrays ``(images, ...)`` of reals, in their type.
    real: ClassVar[Callable[..., Any]]

    name: str
    inputs: tuple[str, ...] = ("input",)
    arrays: dict[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self):
        if not isinstance(self.name, str) or not re.fullmatch(r"[\w.-]+", self.name):
            raise ValueError(f"A node's name must be of letters, digits, _, - and ., "
                             f"not {self.name!r}")
        if len(self.inputs) != self.reads:
            raise ValueError(f"{self} must have {self.reads} inputs, not {len(self.inputs)}")
        for name in self.needed:
            if name not in self.arrays:
                raise ValueError(f"{self} must have the array {name}")
        arrays = {name: self._checked(name, array) for name, array in self.arrays.items()}
        lengths = {name: len(array) for name, array in arrays.items()}
        if len(set(lengths.values())) > 1:
            raise ValueError(f"The arrays of {self.name} must be of one length, not {lengths}")
        object.__setattr__(self, "arrays", arrays)

    def __str__(self):
        return f"{self.name} ({self.op})"

    def _checked(self, name, array):
        """Return an array in float32."""
        where, axes = f"{self.name}.{name}", (self.needed | self.optional).get(name)
        if axes is None:
            raise ValueError(f"{self} has no array {name}")
        array = np.asarray(array)
        if array.dtype.kind != "f":
            raise TypeError(f"{where} must be floating point, not {array.dtype}")
        if array.ndim != axes or not array.size:
            raise ValueError(f"{where} must have {axes} axes and no empty one, "
                             f"not the shape {array.shape}")
        with np.errstate(over="ignore"):            # what float32 does not hold is infinite
            array = array.astype(np.float32)
        if not np.isfinite(array).all():
            raise ValueError(f"{where} must be finite")
        return array

    def check_integer(self, what, value, least):
        """Raise a ValueError unless an attribute is an integer, at least ``least``."""
        if not isinstance(value, int) or value < least:
            raise ValueError(f"{what} of {self.name} must be an integer, at least {least}, "
                             f"not {value!r}")

    def check_positive(self, what, value):
        """Raise a ValueError unless an attribute is a number, positive and finite."""
        if not (isinstance(value, int | float) and 0 < value < np.inf):
            raise ValueError(f"{what} of {self.name} must be positive and finite, not {value!r}")

    def check_channels(self, tensor, expected):
        """Raise a ValueError unless a tensor has so many channels."""
        if tensor.shape[-1] != expected:
            raise ValueError(f"{self} must read {expected} channels, not the shape {tensor.shape}")

    def taps(self, x) -> Any:
        """Return the inputs of results ``(images, rows, columns, channels, taps)``, or None."""
        return None

    def coded(self, *reads, step):
        """Return its result in the 8-bit network: Codes of that ``step``, float64 if it is None.

        ``reads`` are Codes or float64 arrays.
        """
        if self.keeps_codes and isinstance(reads[0], Codes):
            return Codes(self.real(reads[0].codes), reads[0].step)
        real = self.real(*map(as_reals, reads))
        return real if step is None else code(real, step)

    # Channels first, as PyTorch and ONNX have them: see `golden.nets.channels_first`.

    @staticmethod
    def channels_last(arrays, order):
        """Return arrays that had channels first, for features in ``order`` (None: as they were)."""
        return arrays

    def order(self, shape, *orders):
        """Return the order of its features: which of the original ones each is; None: unchanged.

        ``shape`` is that of its input, channels last; ``orders`` are those of its inputs.
        """
        return orders[0]
