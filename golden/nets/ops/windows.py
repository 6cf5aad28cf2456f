"""Windows of an image, for convolution and pooling, as a view of it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from skimp.golden.nets.ops.base import Op

__all__ = ["Windowed"]


@dataclass(frozen=True, kw_only=True, eq=False)
class Windowed(Op):
    """An op of windows. ``pad`` becomes four numbers, ``stride`` is 1 by default.

    Pixels at the far sides that fill no window are dropped.
    """

    #: Distance of neighbouring windows in pixels.
    stride: Any = None
    #: Zeros around the image: top, left, bottom, right; or one number.
    pad: Any = 0

    def __post_init__(self):
        super().__post_init__()
        if self.stride is None:
            object.__setattr__(self, "stride", 1)
        self.check_integer("stride", self.stride, 1)
        pad = (self.pad,) * 4 if isinstance(self.pad, int) else self.pad
        if not isinstance(pad, list | tuple) or len(pad) != 4:
            raise ValueError(f"pad of {self.name} must be one number or four, not {self.pad!r}")
        for side in pad:
            self.check_integer("pad", side, 0)
        object.__setattr__(self, "pad", tuple(pad))

    @property
    def window(self):
        """Rows and columns of a window."""
        raise NotImplementedError

    def count(self, tensor):
        """Return how many windows fit into a tensor, in rows and columns.

        Raises a ValueError if the tensor is no image, none fits, or padding alone would fill one.
        """
        if len(tensor.shape) != 3:
            raise ValueError(f"{self} must read rows, columns and channels, "
                             f"not the shape {tensor.shape}")
        top, left, bottom, right = self.pad
        padded = tensor.shape[0] + top + bottom, tensor.shape[1] + left + right
        size = self.window
        if padded[0] < size[0] or padded[1] < size[1]:
            raise ValueError(f"The {size[0]} x {size[1]} window of {self.name} must fit in its "
                             f"padded input, not in {padded[0]} x {padded[1]}")
        if max(top, bottom) >= size[0] or max(left, right) >= size[1]:
            raise ValueError(f"pad of {self.name} must be less than its window, not {self.pad}")
        return tuple((padded[axis] - size[axis]) // self.stride + 1 for axis in (0, 1))

    def windows(self, x):
        """Return a view ``(images, rows, columns, channels, *window)``, zeros around the image."""
        top, left, bottom, right = self.pad
        if any(self.pad):
            images, rows, width, channels = x.shape
            padded = np.zeros((images, top + rows + bottom, left + width + right, channels),
                              x.dtype)
            padded[:, top:top + rows, left:left + width] = x
            x = padded
        return sliding_window_view(x, self.window, axis=(1, 2))[:, ::self.stride, ::self.stride]

    def taps(self, x):
        """Return the windows of each channel, taps row-major: see `Op.taps`."""
        windows = self.windows(x)
        return windows.reshape(*windows.shape[:4], -1)
