"""Tables of codes of activations."""

from typing import Any

from skimp.evaluate.figures_codes import CodeRecord
from skimp.show.table import Table, table

__all__ = ["activations"]

Row = dict[str, Any]

CHOSEN = ("Each code at the percentile of |u| that gives it the most dB on the first half of the "
          "sequences; figures of the second half. Segments: fine, standard, coarse.")


def activations(document: Row) -> list[Table]:
    """Return codes on activations, and which of as many bits serves each array best."""
    rows = document["rows"]
    low, below = document["conditions"]["lowest_silu"], document["conditions"]["below_silu_percent"]
    notes = [CHOSEN, *(f"{share:.3g} % of {name} lie below {low}, which SiLU never gives: a zero "
                       "point and codes signed* are made for SiLU."
                       for name, share in below.items() if share)]
    return [
        *table(f"Codes on {document['activations']}", "evaluate.rows", CodeRecord,
               "layer code percentile step db segments_percent saturated_percent", rows,
               notes=notes),
        *table("Best at equal bits", "evaluate.rows", CodeRecord, "layer bits code percentile db",
               rows, keep=lambda row: row["best"], notes=["Best: most dB of as many bits."])]
