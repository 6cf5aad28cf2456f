"""The size of an array."""

from dataclasses import dataclass

from skimp.hw.parameters import Params, parameter

__all__ = ["ArraySize"]


@dataclass(frozen=True, kw_only=True)
class ArraySize(Params):
    """Parameters of every array, put before those of its processing element, if that has any.

    ``group`` must divide ``cols``. A larger one takes fewer registers, each with more loads.
    """

    rows: int = parameter(4, "rows of processing elements, 1 to 64", range(1, 65))
    cols: int = parameter(4, "columns of processing elements, 1 to 64", range(1, 65))
    group: int = parameter(0, "columns that share the register of the activation, 1, 2 or 4; "
                           "0: 2 if cols is even, else 1", (0, 1, 2, 4))
    skip: bool = parameter(False, "a bit for each sum of a tile that says whether it is computed",
                           (False, True))

    def __post_init__(self):
        super().__post_init__()
        if self.group and self.cols % self.group:
            raise ValueError(f"group must divide cols: {self.group} does not divide {self.cols}")

    @property
    def group_columns(self) -> int:
        """Columns of a group."""
        return self.group or 2 - self.cols % 2
