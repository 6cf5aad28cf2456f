"""Platforms that a precision is searched for, a file each, with prices and their source."""

from skimp.search.platforms.arrays import Arrays
from skimp.search.platforms.bitfusion import BitFusion, BitFusionArray
from skimp.search.platforms.precision import SPEED_UPS, Precision
from skimp.search.platforms.silago import SiLago

__all__ = ["BITS", "PLATFORMS", "SPEED_UPS"]

#: Platforms that choose bits, by the names that users write.
BITS: dict[str, type[Precision]] = {
    one.name: one for one in (SiLago, BitFusion, BitFusionArray)}
#: All of them.
PLATFORMS = (*BITS, Arrays.name)
