"""Records: written as JSON and read again, and what their fields say of themselves."""

import json
import math
from dataclasses import dataclass

from skimp.jobs.documents import to_json
from skimp.jobs.record import Record, figure, figure_at, text


@dataclass(frozen=True, kw_only=True)
class Part(Record):
    pj: float = figure("energy", "pJ", ".1f", "what it spends")


@dataclass(frozen=True, kw_only=True)
class Whole(Record):
    name: str = text("name", "its name")
    best: Part | None = text("best", "the best part", default=None)
    parts: list[Part] = text("parts", "all parts")
    corners: dict[str, float] = figure("slack", "ns", ".2f", "at each corner")


WHOLE = Whole(name="a", best=Part(pj=1.5), parts=[Part(pj=2.0), Part(pj=3.0)],
              corners={"slow.1": 0.5})


def test_json_has_the_fields_and_gives_the_record_back():
    document = json.loads(to_json(WHOLE))
    assert document == {"name": "a", "best": {"pj": 1.5}, "parts": [{"pj": 2.0}, {"pj": 3.0}],
                        "corners": {"slow.1": 0.5}}
    assert Whole.read(document) == WHOLE
    assert Whole.read(document | {"best": None}).best is None
    assert json.loads(to_json([Part(pj=math.inf)])) == [{"pj": None}]


def test_fields_in_records_and_in_tables_are_found_by_their_path():
    assert figure_at(Whole, "best.pj").title == figure_at(Whole, "parts.pj").title == "energy pJ"
    assert figure_at(Whole, "corners.slow.1").title == "slack ns, slow.1"
