"""Real operands for measuring energy: layers for arrays, packets for sorters, planes."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np

from skimp.catalogue.selection import Design
from skimp.golden.arithmetic import Arithmetic, Exact
from skimp.golden.neighbour import Neighbours
from skimp.golden.nets import network
from skimp.golden.nets.dataset import measuring_images, training_images
from skimp.golden.nets.engine import Model
from skimp.golden.nets.limits import outputs
from skimp.golden.nets.predict import sites
from skimp.golden.nets.quantized import quantize
from skimp.golden.nets.zaps import shipped, ships
from skimp.golden.skip.choose import skipping
from skimp.golden.workloads.images import in_hardware
from skimp.golden.workloads.packets import extents, packets_by_image
from skimp.hw.predict.zap import ZapParams
from skimp.power.feed import EVERY, WARM_UP, Feed
from skimp.power.modes import mode_of
from skimp.power.scans import scan_feed
from skimp.sim.models.planes import skipped
from skimp.sim.models.zap import TRAINED

__all__ = ["FEEDS", "LAYER", "PACKETS", "PACKET_COUNT", "PLANES", "PLANE_COUNT", "TILES"]

#: Default layers of arrays and of sorters, and how many tiles and packets. For planes, the network
#: of which the first layer of their size is taken, and how many planes.
LAYER, PACKETS, PLANES = "resnet8:stack2.conv1", "lenet5:conv2", "resnet8"
TILES, PACKET_COUNT, PLANE_COUNT = 4, 48, 2
IMAGES = 8              # that the rows of a layer are taken from
RUNS = 8                # images that packets are taken from, consecutive ones of each


def layer_feed(one: Design, layer: str | None, tiles: int | None, every: int = 1,
               mode: str | None = None) -> Feed:
    """Return ``tiles`` tiles of a layer's rows, spread over images, and its first columns.

    Every array of the same size gets the same operands, those of the exact network, unless a
    ``mode`` says otherwise, see `skimp.power.modes`; one that skips sums gets keep bits, too. Rows
    are in raster order: those that the mask computes first and those that are predicted share
    tiles, and energy is of each product, of skipped sums, too. Raise ValueError if there is no such
    layer, it has fewer columns or rows than asked for, nothing predicts its outputs, the array has
    no such mode, or ``every`` is not 1: arrays are measured busy.
    """
    if every != 1:
        raise ValueError("every is of packets, which sorting units and link orderers take: name "
                         f"those alone, for {one.block.name} is measured with a step in each clock")
    layer, tiles = layer or LAYER, tiles or TILES
    net, _, name = layer.partition(":")
    way = mode_of(one, mode) if mode else None
    x, w = _operands(net, name, way.arithmetic if way else Exact())
    rows, cols = one.params.rows, one.params.cols
    if w.shape[1] < cols or not len(x):
        raise ValueError(f"layer {layer} has {w.shape[1]} filters, fewer than the {cols} columns "
                         "of the array; take a smaller array")
    every = rows * (WARM_UP + tiles)
    if every > len(x):
        raise ValueError(f"layer {layer} has {len(x):,} rows in the {IMAGES} images that it is "
                         f"taken from, and an array of {rows} rows needs {every:,} for --amount "
                         f"{tiles}, {WARM_UP} tiles to warm up included; take fewer tiles, a "
                         "smaller array or another layer")
    chosen = np.linspace(0, len(x) - 1, every).astype(int)
    x, w = x[chosen], w[:, :cols]
    feed = Feed({"x": x, "w": w}, "product", layer)
    if way:
        given = way.fed(x, w)
        threads = way.model.threads
        asked = len(_operands(net, name, Exact())[1])           # without zeros at the end of K
        feed = Feed(dict(zip(("x", "w"), given, strict=True)), "product",
                    f"{layer}, mode {mode}: {way.products} of {threads} products in a clock, "
                    "the others zero and not counted" if way.products < threads
                    else f"{layer}, mode {mode}", useful=asked / len(given[1]))
    if not one.params.skip:
        return feed
    keep = _keep(net, name, cols)[chosen]
    skipped = 100 * (1 - keep[rows * WARM_UP:].mean())
    return feed._replace(arrays={**feed.arrays, "keep": keep},
                         workload=f"{feed.workload}, rows in raster order, {skipped:.1f} % of "
                                  "sums skipped, their products counted")


@cache
def _operands(net: str, layer: str, arithmetic: Arithmetic) -> tuple[Any, Any]:
    if net not in network.SHIPPED:
        raise ValueError(f"no network {net!r} for --layer; there are {', '.join(network.SHIPPED)}")
    quantized = quantize(network.shipped(net), training_images(50)[0])
    reduced = [node.name for node in quantized.reduced]
    if layer not in reduced:
        raise ValueError(f"network {net} has no layer {layer!r} for --layer; there are "
                         f"{', '.join(reduced)}")
    found = Model(quantized, {layer: arithmetic}).operands(layer, measuring_images(IMAGES)[0])
    return found.x, found.w


@cache
def _keep(net: str, layer: str, cols: int) -> Any:
    """Return which outputs of a layer's first columns are computed: by the neighbour rule, mask 5.

    Its limits are those that lose least on training images.
    """
    seen, x = (codes[..., :cols] for codes in _outputs(net, layer))
    rule = skipping(Neighbours(kind=5, limits=np.zeros(0, int)), seen, skipped(5))
    return rule.keep(x).reshape(-1, cols)


@cache
def _outputs(net: str, layer: str) -> list[Any]:
    """Return the codes that the ReLU behind a layer gives, of training images and of others."""
    model = Model(quantize(network.shipped(net), training_images(50)[0]))
    found = [relu for relu, site in sites(model.network).items() if layer in site.layers]
    if not found:
        raise ValueError(f"no energy of what is skipped at layer {layer} of {net}: nothing "
                         "predicts its outputs")
    return [outputs(model, images, found)[found[0]]
            for images in (training_images(50)[0], measuring_images(IMAGES)[0])]


def planes_feed(one: Design, layer: str | None, planes: int | None, every: int = 1) -> Feed:
    """Return planes of the output of a layer's first channels, one of each of some images.

    Beside the ``codes`` of these are those ``seen`` in training images, which limits are chosen on,
    and for a ZAP the arrays of the layer's trained one, if there is one. An input that reads pixels
    holds the last one that was computed first. A pixel comes in ``every`` clocks. Raise ValueError
    if no such layer is predicted, it has planes of another size or fewer channels, or there are
    fewer images.
    """
    EVERY.check("--every", every)
    params, planes = one.params, planes or PLANE_COUNT
    places = getattr(params, "places", None)
    plane = (places,) if places else (params.rows, params.columns)
    channels = getattr(params, "lanes", None) or params.cols
    net, _, name = (layer or PLANES).partition(":")
    if net not in network.SHIPPED:
        raise ValueError(f"no network {net!r} for --layer; there are {', '.join(network.SHIPPED)}")
    fitting = {site.layers[0]: relu for relu, site in sites(network.shipped(net)).items()
               if plane in (site.shape[:2], (site.shape[0] * site.shape[1],))
               and site.shape[2] >= channels}
    name, size = name or next(iter(fitting), ""), " x ".join(map(str, plane))
    if name not in fitting:
        raise ValueError(f"--layer must be one of {net} whose output is predicted, with planes of "
                         f"{size} places and {channels} channels for {one.name}: "
                         f"{', '.join(fitting) or 'there is none'}")
    seen, codes = (codes[..., :channels] for codes in _outputs(net, name))
    if planes + WARM_UP > len(codes):
        raise ValueError(f"planes are taken of {len(codes)} images, too few for --amount {planes}: "
                         f"give {len(codes) - WARM_UP} at most, for {WARM_UP} warm up")
    feed = Feed({"codes": codes[:WARM_UP + planes], "seen": seen}, "pixel", f"{net}:{name}", every)
    if places:
        return feed
    zap, words = _zap(params, net, fitting[name]) if isinstance(params, ZapParams) else ({}, "")
    zap = {name: array[:channels] for name, array in zap.items()}
    return feed._replace(arrays={**feed.arrays, **zap},
                         workload=f"{feed.workload}, what is not computed first held{words}")


def _zap(params: ZapParams, net: str, relu: str) -> tuple[dict[str, Any], str]:
    """Return the arrays of the trained ZAP of a ReLU, or none, and words for the report."""
    bits = params.input_bits, params.weight_bits, params.hidden_bits
    if not ships(net, kind=params.kind, bits=bits):
        return {}, ", filters that nobody trained"
    found = shipped(net, network.shipped(net), kind=params.kind, bits=bits)[relu]
    return {name: getattr(found, name) for name in TRAINED}, ", its trained ZAP"


def traffic_feed(one: Design, layer: str | None, packets: int | None, every: int = 1) -> Feed:
    """Return packets of a layer's link traffic, each of as many elements as the unit sorts.

    If the layer's own packets have another size, its elements are packed anew. One comes in
    ``every`` clocks; with 1, they come as fast as the unit takes them. Raise ValueError if there is
    no such layer, it does not fit the unit, it has fewer packets, or they come too fast.
    """
    EVERY.check("--every", every)
    flits = getattr(one.params, "flits", 1)
    if 1 < every < flits:
        raise ValueError(f"--every must be 1, as fast as packets leave, or {flits} and more, for "
                         f"{one.name} sends a packet in {flits} clocks, not {every}")
    layer, packets = layer or PACKETS, packets or PACKET_COUNT
    net, _, name = layer.partition(":")
    if net not in network.SHIPPED:
        raise ValueError(f"--layer of a sorting unit must be NET:LAYER, NET one of "
                         f"{', '.join(network.SHIPPED)}, not {layer!r}")
    layers = extents(in_hardware(net).network)
    if name not in layers:
        raise ValueError(f"--layer of a sorting unit must be one of {net} that has traffic, "
                         f"{', '.join(layers)}, not {name!r}")
    n, width = one.params.n, one.params.width
    if width != 8:
        raise ValueError(f"the traffic has elements of 8 bits, not {width}: no energy of "
                         f"{one.name}")
    sent = _traffic(net, name)
    if getattr(one.params, "pairs", False) and len(sent[0]) < 2:
        raise ValueError(f"{layer} has no weights, and {one.name} takes pairs")
    own = sent[0]["activation"].shape[1] == n
    there = len(sent) * (sent[0]["activation"].size // n)
    if packets + WARM_UP > there:
        raise ValueError(f"{layer} has {there:,} packets of {n} elements in the {len(sent)} images "
                         f"that it is taken from, too few for --amount {packets}: give "
                         f"{there - WARM_UP:,} at most, for {WARM_UP} warm up")
    each = -(-(packets + WARM_UP) // len(sent))
    streams = {stream: np.concatenate([_run(image[stream], n, each, number)
                                       for number, image in enumerate(sent)])
               for stream in sent[0]}
    anew = "" if own else f", packed anew by {n}"
    return Feed(streams, "packet", f"{layer}{anew}", every)


@cache
def _traffic(net: str, layer: str) -> list[dict[str, Any]]:
    """Return the packets of `RUNS` images, each by stream."""
    return [{name.removesuffix("s"): elements for name, elements in image._asdict().items()
             if elements is not None}
            for image in packets_by_image(in_hardware(net), layer,
                                          measuring_images(RUNS)[0])]


def _run(elements: Any, n: int, count: int, image: int) -> Any:
    """Return ``count`` consecutive packets of ``n``, from another place in each image."""
    packets = elements.reshape(-1)[:elements.size // n * n].reshape(-1, n)
    start = (len(packets) - count) * (2 * image + 1) // (2 * RUNS)
    return packets[start:start + count]


#: Functions that return real operands, by `Model.fed`.
FEEDS: Mapping[str, Callable[..., Feed]] = {
    "layer": layer_feed, "packets": traffic_feed, "planes": planes_feed, "scan": scan_feed}
