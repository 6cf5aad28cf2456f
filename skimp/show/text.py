"""Tables of networks of text."""

from typing import Any

from skimp.evaluate.figures_text import CodeLayerRecord, TextRecord
from skimp.show.table import Table, table

__all__ = ["text"]

Row = dict[str, Any]

LOSS = ("Loss in mbit, thousandths of a bit per character, +- a standard error, sequences in "
        "pairs. int8's (zero's) less it: what symmetric INT8 (with a zero point) loses more.")


def text(document: Row) -> list[Table]:
    """Return the loss under each code; below, noise and segments by block."""
    said, rows = document["conditions"], document["rows"]
    where = (f"{document['network']} on {said['characters']:,} characters: {said['measured_on']}; "
             f"steps from {said['calibrated_on']}. {said['reads']}.")
    notes = [where, LOSS]
    if any(row["chosen"] for row in rows):
        notes.append("Each code at the percentile of its least loss on "
                     f"{said['chosen_on']}.")
    blocks = [{**row, **layer} for row in rows for layer in row["layers"]]
    return [
        *table(f"Codes on {document['network']}", "evaluate.rows", TextRecord,
               "code percentile bits_per_character loss_mbit loss_error_mbit under_int8_mbit "
               "under_int8_error_mbit under_zero_mbit under_zero_error_mbit", rows, notes=notes),
        *table("By block", "evaluate.rows", CodeLayerRecord,
               "code percentile block step db segments_percent saturated_percent", blocks,
               notes=[f"u in floats of {said['counted_on']}. Segments: fine, standard, coarse."])]
