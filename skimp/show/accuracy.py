"""The report as tables for a terminal."""

from typing import Any

from rich.console import Group, RenderableType

from skimp.show.tables import new_table

__all__ = ["schemes_and_bits", "schemes_table"]


def schemes_and_bits(document: dict[str, Any]) -> Group:
    """Schemes with accuracy, shares and speed; the comparison of bits; what was measured on."""
    parts: list[RenderableType] = []
    if document["rows"]:
        parts += [schemes_table(document["rows"]), ""]
    if document["kure"]:
        parts += [_bits(document["kure"]), ""]
    conditions = document["conditions"]
    recalibrated = any(row["recalibrated"] for row in document["rows"])
    parts.append(f"{document['network']} on {conditions['measured_on']}; steps calibrated on "
                 f"{conditions['calibrated_on']}"
                 + (f", recalibrated on {conditions['recalibrated_on']}." if recalibrated else "."))
    if document["rows"]:
        parts.append("Loss in points against exact 8 bits, +- one standard error over the same "
                     f"images. In exact 8 bits throughout: {', '.join(conditions['exact_layers'])}")
        parts.append(f"Steps by active threads over {conditions['usage_images']} images; cycles of "
                     f"an image on an array of {conditions['array']}.")
    return Group(*parts)


def _signed(points: float, error: float) -> str:
    return f"{points:+.2f} +- {error:.2f}"


def schemes_table(rows: list[dict[str, Any]]) -> RenderableType:
    """Accuracy, shares and speed of schemes."""
    table = new_table("scheme", "batch norm", ">top-1 %", ">loss", ">recovered %",
                      ">reduced a %", ">reduced w %", ">steps % by 0,1,..4 active", ">busy %",
                      ">MACs/cycle", ">speed-up", ">ideal", ">util. %", ">s")
    for row in rows:
        steps = row["steps_by_active"]
        while len(steps) > 2 and not steps[-1]:
            steps = steps[:-1]
        total = max(1, sum(steps))
        table.add_row(
            row["scheme"], row["recalibrated"] or "", f"{row['top1_percent']:.2f}",
            _signed(row["loss_points"], row["loss_error_points"]),
            "" if row["recovered_percent"] is None else f"{row['recovered_percent']:.0f}",
            f"{row['reduced_activations_percent']:.1f}", f"{row['reduced_weights_percent']:.1f}",
            " ".join(f"{100 * count / total:.1f}" for count in steps),
            f"{row['busy_percent']:.1f}", f"{row['macs_per_cycle']:.0f}",
            f"{row['speed_up']:.2f}", f"{row['ideal_speed_up']:.2f}",
            f"{row['utilisation_percent']:.0f}", f"{row['seconds']:.1f}")
    return table


def _bits(rows: list[dict[str, Any]]) -> RenderableType:
    names = [f"{one['network']} (kurtosis {one['mean_kurtosis']:.1f})"
             for one in rows[0]["networks"]]
    table = new_table(">weights", ">activations", "steps",
                      *(f">{name}: top-1 % (loss)" for name in names), ">gain")
    for row in rows:
        table.add_row(
            str(row["weights"]), str(row["activations"]), row["steps"],
            *(f"{one['top1_percent']:.2f} ({one['loss_points']:+.2f})" for one in row["networks"]),
            _signed(row["gain_points"], row["gain_error_points"]))
    return table
