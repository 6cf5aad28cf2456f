"""Tables of real data: transitions of a link, what sorting units save, accuracy of a network."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from skimp.evaluate.figures import BitsRecord, NetworkRecord, PredictionRecord
from skimp.jobs.record import figure_at
from skimp.show.table import Cell, Table, conditions, table
from skimp.traffic.figures import Balance, TrafficRecord, Wire

__all__ = ["accuracy", "balances", "predictions", "reductions", "schemes", "transitions"]

Row = dict[str, Any]

# Orderings of the terminal's table; all are in the JSON.
ORDERINGS = {
    "popcount": "popcount", "approximate": "approx.", "approximate-calibrated": "calibrated",
    "gray2": "gray2", "nonzero-gray2": "nonzero2", "gray3": "gray3",
    "gray3+bus-invert+snake": "gray3 +bi +snake", "bus-invert": "bus-invert",
    "offline-weights": "offline",
}
PLACE = ("layer", "packet_order", "lanes", "pads", "stream")
REDUCTIONS = ("Reduction in % of the transitions unsorted, row-major; ! where ordering disturbs a "
              "stationary stream.")


def reductions(document: Row) -> list[Table]:
    """Return reductions by ordering, the paper's figures beside ours, and the balances."""
    lines: dict[tuple[Any, ...], dict[str, Row]] = {}
    plain: dict[tuple[Any, ...], dict[str, Row]] = {}
    for row in document["rows"]:
        place = tuple(row[name] for name in PLACE)
        if row["mode"]:
            lines.setdefault((*place, row["mode"], row["operand"]), {})[row["ordering"]] = row
        else:
            plain.setdefault(place, {})[row["ordering"]] = row
    cells = []
    for (*place, mode, operand), row in lines.items():
        if place[-1] != "pair" and mode == "affiliated":
            continue                            # the two parts of a pair
        unsorted = plain[tuple(place)]
        texts = [*map(str, place), operand if mode != "separated" else "each its own",
                 f"{unsorted['unsorted']['transitions']:,}",
                 *(_reduction({**unsorted, **row}.get(ordering)) for ordering in ORDERINGS)]
        cells.append(list(map(Cell, texts)))
    notes = [REDUCTIONS, ""]
    for figure in document["paper"]:
        notes.append(f"{figure['source']}, {figure['unit']}: -{figure['reduction_percent']:.2f} % "
                     f"({figure['technology']}; {figure['workload']}; not known: "
                     f"{', '.join(figure['not_known'])}). All layers here together:")
        notes += [f"  {ours['ordering']}, {ours['lanes']} lanes, {ours['stream']}, {ours['mode']} "
                  f"by {ours['operand']}: {_reduction(ours, sign=-1)} %" for ours in figure["ours"]]
    heads = [(figure_at(TrafficRecord, name).title, name == "lanes")
             for name in (*PLACE, "ordering")]
    numbers = [(figure_at(TrafficRecord, "transitions").title, True),
               *((short, True) for short in ORDERINGS.values())]
    return [Table("Reductions", [*heads, *numbers], cells, notes), *balances(document)]


def _reduction(row: Row | None, sign: int = 1) -> str:
    if row is None:
        return "-"
    return "!" if row["warning"] else f"{sign * row['reduction_percent']:.1f}"


def _link(document: Row) -> str:
    return " ".join(conditions(Wire, [document.get("wire", {})], "mm pf_per_mm volts"))


def balances(document: Row) -> list[Table]:
    """Return sorting units' energy against that of the wires."""
    note = ("Activations on a link of their own; no length where nothing is saved. Link: "
            f"{_link(document) or 'not said.'} Units: OSU 0.18 um, 1.8 V.")
    return table(
        "Sorting units and wires", "traffic.break_even", Balance, "layer lanes ordering unit n "
        "clock_gating every area_um2 clock_ns unit_pj saved_transitions saved_pj net_pj "
        "break_even_mm",
        document.get("break_even", []), notes=[note])


def transitions(document: Row) -> list[Table]:
    """Return the transitions of every ordering, a row each."""
    note = ("LeNet-5 on Fashion-MNIST; unsorted: row-major; a warning, and no gain, where ordering "
            f"disturbs a stationary stream. Link: {_link(document) or 'not said.'}")
    return table(
        "Bit transitions", "traffic.rows", TrafficRecord, "layer packet_order n lanes pads stream "
        "ordering mode operand transitions baseline_transitions reduction_percent link_pj warning",
        document.get("rows", []), notes=[note])


def accuracy(document: Row) -> list[Table]:
    """Return schemes with accuracy, shares and speed; the comparison of bits."""
    rows, bits = document.get("rows", []), document.get("kure", [])
    said = defaultdict(lambda: "?", document.get("conditions", {}))
    name = document.get("network", "a network")
    again = any(row.get("recalibrated") for row in rows)
    notes = [f"{name} on {said['measured_on']}; steps calibrated on {said['calibrated_on']}"
             + (f", recalibrated on {said['recalibrated_on']}." if again else ".")]
    loss = ("Loss in points against exact 8 bits, +- one standard error over the same images. In "
            f"exact 8 bits throughout: {', '.join(said['exact_layers'])}")
    steps = (f"Steps by active threads over {said['usage_images']} images; cycles of an image on "
             f"an array of {said['array']}.")
    pair = bits[0]["networks"] if bits else []
    both = " ".join(f"networks.{place}.{field}" for place in range(len(pair))
                    for field in ("top1_percent", "loss_points"))
    compared = [", then ".join(f"{one['network']} (kurtosis {one['mean_kurtosis']:.1f})"
                               for one in pair) + ", each against its own 8 bits."] * bool(pair)
    return [
        *schemes(rows, f"Schemes on {name}", [*notes, loss, steps]),
        *predictions(document.get("predictions", []), said, notes * (not rows)),
        *table("Fewer bits", "evaluate.kure", BitsRecord, f"weights activations steps {both} "
               "gain_points gain_error_points", bits, notes=compared + notes * (not rows))]


def predictions(rows: list[Row], said: Mapping[str, Any], notes: Sequence[str]) -> list[Table]:
    """Return what predictors skip and what that costs."""
    return table(
        "Outputs that are not computed", "evaluate.predictions", PredictionRecord,
        "predictor scheme thresholds target_percent recalibrated skipped_percent "
        "skipped_main_percent skipped_predicted_percent net_percent top1_percent loss_points "
        "loss_error_points cycles speed_up phases_speed_up seconds", rows, notes=[*notes, (
            "Skipped, of all products of an image, the first layer's and the classifier's too; "
            "main: shortcuts' left out; net: less the predictor's own products, weighed by bits. "
            f"Limits were chosen for {said['limits_for']}, on {said['choosing_on']}; test images "
            f"only measure. Aims are shares of {said['aims_of']}. Clocks of an array of "
            f"{said['array']}, of the first {said['timed_images']} images: it computes the places "
            "of the mask first, then those with an output left in a block of columns; the "
            "predictor takes none. Loss in points against exact 8 bits.")])


def schemes(rows: list[Row], title: str = "Schemes", notes: Sequence[str] = ()) -> list[Table]:
    """Return accuracy, shares and speed of schemes; of several networks, their names first."""
    return table(title, "evaluate.rows", NetworkRecord, "network scheme recalibrated top1_percent "
                 "loss_points loss_error_points recovered_percent reduced_activations_percent "
                 "reduced_weights_percent steps_by_active collisions_percent busy_percent cycles "
                 "macs_per_cycle speed_up ideal_speed_up utilisation_percent seconds", rows,
                 notes=notes)
