"""Layers of other networks, and which requests for a network's traffic are refused."""

import re

import pytest
from traffic_reports import network_report


@pytest.mark.parametrize("arguments, message", [
    ({"images": 0}, "Images must be 1 to 1000, not 0"),
    ({"images": 1001}, "Images must be 1 to 1000, not 1001"),
    ({"filters": 17}, "Filters must be 1 to 16, not 17"),
    ({"lanes": ()}, "Lanes must be at least one, not none"),
    ({"lanes": (1, 65)}, "Lanes must be 1 to 64, not 65"),
    ({"layers": ("relu1",)}, "Layers must be among conv1, pool1, .*, not 'relu1'"),
    ({"packet_orders": ("random",)}, "Packet orders must be among output-stationary, filter-inner"),
])
def test_wrong_requests_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        network_report(**arguments)


def test_layers_of_other_networks():
    rows = network_report("dscnn", images=2, lanes=(3,), layers=("depthwise4", "fc"),
                          packet_orders=("output-stationary", "weight-stationary"))["rows"]
    heads = {(row["workload"], row["layer"], row["packet_order"], row["share"], row["n"],
              row["packets"]) for row in rows}
    assert heads == {("dscnn", "depthwise4", "output-stationary", 1.0, 9, 2 * 32 * 49),
                     ("dscnn", "fc", "output-stationary", 0.1, 32, 2)}


@pytest.mark.command
@pytest.mark.parametrize("arguments, sentence", [
    (("--net", "resnet8"), "--layers must name layers of resnet8: among conv, stack1.conv1"),
    (("--net", "resnet8", "--layers", "relu"), "Layers must be among conv, .* not 'relu'"),
    (("--net", "vgg"), "'vgg' is not one of"),
])
def test_wrong_networks_and_layers(skimp, arguments, sentence):
    status, out, err = skimp("traffic", *arguments)
    assert (status, out) == (2, "") and re.search(sentence, err)


@pytest.mark.command
def test_more_than_anybody_waits_for(skimp):
    lanes = ",".join(map(str, range(1, 65)))
    status, out, err = skimp("traffic", "--images", 1000, "--filters", 16, "--lanes", lanes)
    assert (status, out) == (2, "") and err.count("\n") == 1
    assert "38,6" in err and "elements would be sent" in err and "2,000,000,000 at most" in err
