"""Jobs of sweeps on real data: accuracy of a network, traffic of a link."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from skimp import evaluate
from skimp.golden.arithmetic import parse_scheme
from skimp.jobs.job import Job
from skimp.traffic import network_report

__all__ = ["Accuracy", "Traffic"]


@dataclass(frozen=True)
class Accuracy(Job[dict[str, Any]]):
    """The row of a shipped network under a scheme, on so many test images."""

    net: str
    scheme: str
    images: int = 1000

    kind = "accuracy"

    def run(self, needed: Mapping[Job[Any], Any]) -> dict[str, Any]:
        workload = evaluate.open_workload(self.net, evaluate.open_network(self.net),
                                          images=self.images, data=None)
        schemes = evaluate.arrange([parse_scheme(self.scheme)], reorder=False,
                                   threads_per_layer=None)
        return {"network": self.net, **evaluate.evaluate(workload, schemes)["rows"][-1]}


@dataclass(frozen=True)
class Traffic(Job[list[dict[str, Any]]]):
    """The rows of a layer of a shipped network, of every ordering, at a number of lanes."""

    layer: str
    lanes: int
    net: str = "lenet5"
    packet_order: str = "output-stationary"
    images: int = 200
    filters: int = 1

    kind = "traffic"

    def run(self, needed: Mapping[Job[Any], Any]) -> list[dict[str, Any]]:
        return network_report(
            self.net, images=self.images, filters=self.filters, lanes=(self.lanes,),
            layers=(self.layer,), packet_orders=(self.packet_order,))["rows"]

    def pack(self, result: list[dict[str, Any]]) -> dict[str, Any]:
        return {"rows": result}

    def unpack(self, record: dict[str, Any]) -> list[dict[str, Any]]:
        return record["rows"]
