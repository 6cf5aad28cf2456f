"""The verb `evaluate` on activations instead of a network."""

from pathlib import Path

from skimp.cli.notes import progress
from skimp.cli.options import refuse_others
from skimp.show import codes as tables
from skimp.show.terminal import show

__all__ = ["activations"]


def activations(path: Path, as_json: bool) -> None:
    """Show how well each code stands for the arrays of ``path``."""
    from skimp.evaluate import codes

    refuse_others("activations as_json", "is not of --activations: leave one of them out")
    arrays = codes.open_activations(path)
    with progress("compare codes", None) as done:
        document = codes.compare(path, arrays, done)
    show(document, as_json, tables.activations)
