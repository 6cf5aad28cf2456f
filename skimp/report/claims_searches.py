"""What the paper on searches for precision reports, and which members of our fronts it meets.

Members are chosen by their losses on the search set; the loss on the test set, which stands with
each, chooses nothing.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

from skimp.report.claims import Claim, Ours

__all__ = ["searched"]

#: Points on the search set that stand for "no significant" and "minor" increases of the error.
MINOR = 1.0

Row = dict[str, Any]


class Pick(NamedTuple):
    """A member of a front, with its search and the paths of both in the documents."""

    report: Row
    member: Row
    search: str
    path: str

    @property
    def words(self) -> str:
        """What it is, and what it loses on the test set."""
        return "{network} on {platform}, ".format(**self.report) + (
            "{short}: {test_loss:+.1f} +- {test_loss_error:.1f} points").format(**self.member)

    @property
    def aim(self) -> str:
        """Return the price that is optimised first."""
        return self.report["conditions"]["optimised"][0]

    def price(self, name: str) -> tuple[str, float, str]:
        """Return one of its prices as a figure of ours."""
        return self.words, self.member["prices"][name], f"{self.path}.prices.{name}"

    def share(self, name: str) -> tuple[str, float, str]:
        """Return one of its speed-ups as a share of the platform's largest."""
        words, value, path = self.price(name)
        _, most = self.report["conditions"]["hypervolume_box"][self.aim]
        return words, value / most, (
            f"{path} / {self.search}.conditions.hypervolume_box.{self.aim}.1")


def searched(documents: Row) -> Iterator[tuple[Claim, Ours]]:
    """Yield the paper's figures, and ours beside each."""
    where = "Rezk et al., MOHAQ", "https://arxiv.org/abs/2108.01192"
    small = [max(front, key=lambda one: one.member["prices"]["compression"])
             for front in _slight(documents)
             if front[0].member["prices"].get("compression") is not None]
    yield Claim("compression without retraining", 8.0, "8x, no significant error increase",
                *where), [one.price("compression") for one in small]
    fast = [_fastest(front) for front in _slight(documents, "silago")]
    yield Claim("mean speed-up on SiLago, share of the largest possible", 0.97,
                "97 % at a minor error increase", *where), [
        one.share("speed_up_mean") for one in fast]
    yield Claim("saving of energy on SiLago, % of the largest possible", 86,
                "86 % at a minor error increase", *where), [
        one.price("saving_percent") for one in fast]
    yield Claim("points of the error that beacons take away on Bit Fusion", 4.9,
                "up to 4.9 points", *where), list(_gained(documents))


def _fronts(documents: Row, kind: str, platform: str = "") -> Iterator[list[Pick]]:
    """Yield the front of that kind of each search that has one, on one platform or on all."""
    for place, report in enumerate(documents.get("search", [])):
        for number, one in enumerate(report["searches"]):
            if one["front"] == kind and platform in ("", report["platform"]):
                search = f"search.{place}"
                yield [Pick(report, member, search, f"{search}.searches.{number}.members.{row}")
                       for row, member in enumerate(one["members"])]


def _slight(documents: Row, platform: str = "") -> list[list[Pick]]:
    """Return of each front without beacons what loses little, if any does."""
    return [some for front in _fronts(documents, "search", platform)
            if (some := [one for one in front if one.member["search_loss"] <= MINOR])]


def _fastest(front: list[Pick]) -> Pick:
    return max(front, key=lambda one: one.member["prices"][one.aim])


def _gained(documents: Row) -> Iterator[tuple[str, float, str]]:
    """Yield what beacons gain on the test set: front against front, and on one candidate.

    Of the front with beacons, that one is taken which loses least at the speed of the fastest one
    without. The one candidate is the fastest of all, with and without its beacon.
    """
    without = {front[0].search: _fastest(front) for front in _fronts(documents, "search") if front}
    for front in filter(None, _fronts(documents, "beacons", "bitfusion")):
        fastest, plain = _fastest(front), without.get(front[0].search)
        speed = plain.member["prices"][plain.aim] if plain else 0
        level = [one for one in front if one.member["prices"][one.aim] >= speed]
        if plain and level:
            best = min(level, key=lambda one: one.member["search_loss"])
            yield (f"at the speed of the fastest without beacons, {best.words}",
                   plain.member["test_loss"] - best.member["test_loss"],
                   f"{plain.path}.test_loss - {best.path}.test_loss")
        yield (f"the fastest, {fastest.words}",
               fastest.member["base_test_loss"] - fastest.member["test_loss"],
               f"{fastest.path}.base_test_loss - {fastest.path}.test_loss")
