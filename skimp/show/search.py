"""Tables of a search: fronts with their losses on test data, searches side by side, beacons."""

from collections.abc import Sequence
from typing import Any

from skimp.search.figures import Baseline, Beacon, Member
from skimp.show.table import Table, table

__all__ = ["described", "searched"]

#: Fronts that are shown in full; of the others the hypervolume is.
SHOWN = ("search", "beacons")
ON_ARRAYS = ("number search_loss test_loss test_loss_error prices.speed_up_time "
             "prices.saving_percent prices.chip prices.rows prices.cols prices.area_mm2 "
             "prices.clocks short")
CLOCKS = {"same": "all chips at one clock", "own": "each chip at its own fastest clock"}
MEMBER = ("number search_loss test_loss test_loss_error {} prices.speed_up_time "
          "prices.speed_up_mean prices.compression prices.saving_percent parameters short")


def searched(document: dict[str, Any]) -> Sequence[Table]:
    """Return the tables of a report."""
    said, made = document["conditions"], document["searches"]
    reference = document["reference"]
    arrays = said["area_budget_mm2"] is not None
    note = [f"{document['network']} on {document['platform']}: {document['source']}.",
            f"{said['data']}. {said['notes']}.",
            ("Search: loss on the search set, which chose; Test: on the test set, which chose "
             "nothing, +- one standard error over the same samples; both against the most exact "
             f"candidate, which has {reference['value']:.2f} {said['score']} on the test set."),
            (f"At most {said['area_budget_mm2']:.2f} mm2. Speed and Saving: against the plain "
             f"array of that area; {CLOCKS[said['clocks']]}." if arrays else
             "Speed: time in 16 bits over this time; Mean: of the layers' speed-ups, as MOHAQ has "
             "it; Compr.: against 32 bits.")]
    tables = []
    for place, one in enumerate(made):
        if one["front"] in SHOWN:
            names = ON_ARRAYS if arrays else MEMBER.format(
                "base_test_loss" if one["front"] == "beacons" else "")
            tables += table(f"Front: {one['front']}", f"search.searches.{place}.members", Member,
                            names, one["members"], notes=note)
            note = []
    if document["chips"]:
        tables += table("Chips of equal area", "search.chips", Member, ON_ARRAYS.replace(
            "number ", ""), document["chips"], notes=[
                "Of each chip the fastest candidate within the limit of the loss.",
                _answer(document["chips"][0])])
    tables += table("Searches", "search.searches", Baseline,
                    "front evaluated feasible hypervolume", made, notes=[(
                        f"Limits: loss {said['loss_limit']:g} {said['loss_unit']}" + (
                            "" if arrays else f", compression {said['smallest_compression']:g}")
                        + ". Hypervolume on the search set, a share "
                        "of the box from these limits to no error and the best prices.")])
    return [*tables, *table("Beacons", "search.beacons", Beacon,
                            "name origin before after served short",
                            document["beacons"], notes=[(
                                "Losses on the search set under the settings it was retrained for, "
                                "of the base and its own.")])]


def described(document: dict[str, Any], number: int) -> list[str]:
    """Return a member of the front in words; that with beacons, if they were asked for."""
    front = [one for one in document["searches"] if one["front"] in SHOWN][-1]
    members = {one["number"]: one for one in front["members"]}
    if number not in members:
        raise ValueError(f"--describe must be a number of the front, 1 to {len(members)}, "
                         f"not {number}")
    one = members[number]
    return [*one["words"], f"parameters: {one['parameters']}", *one["commands"]]


def _answer(one: dict[str, Any]) -> str:
    """Return what should be built, in a sentence."""
    prices = one["prices"]
    return (f"Build: {prices['chip']}, {prices['rows']} x {prices['cols']}, "
            f"{prices['area_mm2']:.2f} mm2: {prices['clocks']:,} clocks of "
            f"{prices['clock_ns']:g} ns an image.")
