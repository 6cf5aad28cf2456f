"""The verb `evaluate` on a network of text."""

from pathlib import Path

import click

from skimp.catalogue.ranges import Range
from skimp.cli.notes import NOTES, progress
from skimp.cli.options import Numbers, refuse_others
from skimp.show import text as tables
from skimp.show.terminal import show

__all__ = ["CHARACTERS", "Percentiles", "text"]

#: Test characters, unless others are asked for.
CHARACTERS = 51_200


class Percentiles(Numbers):
    """Percentiles separated by commas, or ``auto``, which is ()."""

    name = "auto|NUMBER,..."

    def __init__(self):
        super().__init__(Range(0.5, 1))

    def convert(self, value, param, ctx):
        try:
            return () if value == "auto" else super().convert(value, param, ctx)
        except click.UsageError as error:
            raise click.UsageError(f"{error.message}; or auto", ctx) from error


def text(net: str, scheme: tuple[str, ...], all_: bool, percentile: tuple[float, ...] | None,
         full: bool, integer: bool, characters: int | None, plot: Path | None,
         as_json: bool) -> None:
    """Show what ``net`` loses when its scan reads coded activations."""
    from skimp.evaluate import text as evaluation
    from skimp.evaluate.codes import PERCENTILES
    from skimp.evaluate.plot_text import draw
    from skimp.golden.softedge import Setting, parse_setting
    from skimp.show.plot import check_path

    refuse_others("net scheme all_ percentile full integer characters plot as_json",
                  f"is not of {net}, a network of text: leave it out, or name another network")
    if plot is not None:
        check_path(plot)
    if all_ and scheme:
        raise ValueError("--scheme adds nothing to --all: leave one of them out")
    codes = (evaluation.DEFAULT if not all_ else evaluation.CODES if integer
             else evaluation.ALL)
    settings = [parse_setting(one) for one in scheme] or [Setting(code) for code in codes]
    if percentile is None:
        percentile = PERCENTILES if all_ else (evaluation.PAPERS,)
    if full and integer:
        raise ValueError("--full is of floats, --integer of integers: leave one of them out")
    how = "full" if full else "integer" if integer else "floats"
    planned = evaluation.plan(settings, percentile or None, how=how)
    workload = evaluation.open_text(net, characters or CHARACTERS)
    with progress("evaluate", None) as done:
        document = evaluation.evaluate(workload, planned, how=how, progress=done)
    if plot is not None:
        draw(document, plot)
        NOTES.print(f"skimp: drew {plot}")
    show(document, as_json, tables.text)
