"""Recipes by which Yosys maps a unit: one list, for every competitor."""

from dataclasses import dataclass

__all__ = ["MORE_RECIPES", "RECIPES", "Recipe"]


@dataclass(frozen=True)
class Recipe:
    """How Yosys maps a unit.

    Attributes
    ----------
    name : str
        What the report calls it.
    synth : str
        Options of ``synth``.
    abc : str
        Script for ABC, with ``{ps}`` for the clock it aims at, ``{pins}`` for the largest fan-out.
    aim : float
        That clock as a part of the period: ABC's timing knows neither flip-flops nor adder cells.
    adders : bool
        Whether full adders become the library's cell, which ABC cannot optimise through.
    """

    name: str
    synth: str
    abc: str
    aim: float
    adders: bool


# Mapping for area behind optimisers that each see the same function differently; then buffers, and
# sizes up and down against the clock. Among networks 4 to 14 % below ABC's own script.
ABC = ("strash;&get,-n;&fraig,-x;&put;scorr;dc2;{dch}amap,-m;topo;buffer,-c,-N,{{pins}};topo;"
       "stime,-p;upsize,-D,{{ps}};dnsize,-D,{{ps}}")


def _recipe(passes: int, aim: float, *, adders: bool) -> Recipe:
    return Recipe(f"dch {passes}, aim {aim}" + adders * ", adder cells", "-noalumacc",
                  ABC.format(dch=passes * "dch,-f;"), aim, adders)


RECIPES = (_recipe(3, 0.85, adders=True), _recipe(1, 0.72, adders=True))
# Tried as well where none of those meets the clock.
MORE_RECIPES = (_recipe(2, 0.82, adders=True), _recipe(2, 0.65, adders=True))
