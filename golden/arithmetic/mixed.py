"""Schemes in which each layer of a network has an arithmetic of its own."""

from dataclasses import dataclass, replace

from skimp.golden.arithmetic.base import Arithmetic, Scheme

__all__ = ["Mixed", "Threads"]


@dataclass(frozen=True)
class Mixed(Scheme):
    """Layers by name, each with its arithmetic; all others are exact."""

    family, label = "mixed", "mixed"

    layers: tuple[tuple[str, Arithmetic], ...]

    def __post_init__(self):
        names = [name for name, _ in self.layers]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"A mixed scheme must have layer {name} once, "
                                 f"not {names.count(name)} times")

    def __str__(self):
        return "mixed:" + ",".join(f"{name}={arithmetic}" for name, arithmetic in self.layers)

    def over(self, layers):
        return dict(self.layers)

    def with_order(self):
        layers = tuple((name, one.with_order() or one) for name, one in self.layers)
        return None if layers == self.layers else replace(self, layers=layers)


@dataclass(frozen=True)
class Threads(Scheme):
    """NB-SMT with threads of its own for each reduced layer, in order, depthwise ones included."""

    family, label = "nbsmt", "NB-SMT"

    layers: tuple[Arithmetic, ...]

    def __str__(self):
        family, _, *words = str(self.layers[0]).split(":")
        counts = ",".join(str(one.products_per_step) for one in self.layers)
        return ":".join([family, counts, *words])

    def over(self, layers):
        if len(self.layers) != len(layers):
            raise ValueError(f"Threads must be given for the {len(layers)} reduced layers "
                             f"{', '.join(layers)}, not for {len(self.layers)}")
        return dict(zip(layers, self.layers, strict=True))

    def with_threads(self, counts):
        return self.layers[0].with_threads(counts)

    def with_order(self):
        return replace(self, layers=tuple(one.with_order() or one for one in self.layers))
