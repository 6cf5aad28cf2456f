"""Recipes by which Yosys maps a unit: one list, for every competitor."""

from dataclasses import dataclass

__all__ = ["MORE_RECIPES", "RECIPES", "Recipe"]


@dataclass(frozen=True)
class Recipe:
    """How Yosys maps a unit."""

    name: str           # in reports
    synth: str          # options of ``synth``
    abc: str            # ABC's script; {ps} is the clock it aims at, {pins} the largest fan-out
    aim: float          # that clock as a part of the period: ABC ignores flip-flops and adder cells
    adders: bool        # whether full adders become the library's, which ABC does not optimise


# Optimisers that each restructure differently, mapping for area, buffers, sizing up and down.
# Areas of networks are 4 to 14 % below those of ABC's own script.
ABC = ("strash;&get,-n;&fraig,-x;&put;scorr;dc2;{dch}amap,-m;topo;buffer,-c,-N,{{pins}};topo;"
       "stime,-p;upsize,-D,{{ps}};dnsize,-D,{{ps}}")


def _recipe(passes: int, aim: float, *, adders: bool) -> Recipe:
    return Recipe(f"dch {passes}, aim {aim}" + adders * ", adder cells", "-noalumacc",
                  ABC.format(dch=passes * "dch,-f;"), aim, adders)


RECIPES = (_recipe(3, 0.85, adders=True), _recipe(1, 0.72, adders=True))
# Tried, too, if none of those meets the clock.
MORE_RECIPES = (_recipe(2, 0.82, adders=True), _recipe(2, 0.65, adders=True))
