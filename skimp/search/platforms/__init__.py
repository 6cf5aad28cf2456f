"""Platforms that a precision is searched for, a file each, with prices and their source."""

from skimp.search.platforms.bitfusion import BitFusion, BitFusionArray
from skimp.search.platforms.precision import SPEED_UPS, Precision
from skimp.search.platforms.silago import SiLago

__all__ = ["PLATFORMS", "SPEED_UPS"]

#: By the names that users write.
PLATFORMS: dict[str, type[Precision]] = {
    one.name: one for one in (SiLago, BitFusion, BitFusionArray)}
