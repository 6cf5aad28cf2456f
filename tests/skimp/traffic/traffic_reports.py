"""Traffic reports as JSON has them, their rows, and toggles in a few lines of NumPy."""

import json

import numpy as np

from skimp import traffic
from skimp.golden.nets.dataset import measuring_images, training_images
from skimp.golden.workloads.images import in_hardware
from skimp.golden.workloads.packets import extents
from skimp.golden.workloads.packets import packets as sent_by
from skimp.jobs.documents import to_json

PRECISE, GRAY2, GRAY3 = "popcount", "gray2", "gray3"
NET, TEST, TRAINING = in_hardware("lenet5"), measuring_images()[0], training_images(50)[0]
EXTENTS = extents(NET.network)


def network_report(*net, **asked):
    """Return the report as JSON has it."""
    return json.loads(to_json(traffic.network_report(*net, **asked)))


def trace_report(path, **asked):
    return json.loads(to_json(traffic.trace_report(path, **asked)))


def pick(rows, **fields):
    return [row for row in rows if fields.items() <= row.items()]


def only(rows, **fields):
    row, = pick(rows, **fields)
    return row


def toggles(x, lanes):
    """Count the toggles of packets sent by column, lanes dividing n; in bits, without the model."""
    sent = x.view(np.uint8).reshape(len(x), lanes, -1).transpose(0, 2, 1).reshape(-1, lanes)
    wires = np.unpackbits(sent, axis=1).astype(int)
    return int(np.abs(np.diff(wires, axis=0, prepend=0)).sum())


def by_ones(x):
    return np.argsort(np.unpackbits(x.view(np.uint8)[..., None], axis=-1).sum(axis=-1), axis=1,
                      kind="stable")


def packets(layer, images, order="output-stationary", step=1):
    """Return what the report sends: image after image with ``step`` filters, in turn."""
    every = EXTENTS[layer].filters
    parts = [sent_by(NET, layer, images[i:i + 1], order=order,
                         filters=sorted((i * step + k) % every for k in range(step)))
             for i in range(len(images))]
    return tuple(np.concatenate(list(arrays)) for arrays in zip(*parts, strict=True))
