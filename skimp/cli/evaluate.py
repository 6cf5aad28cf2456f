"""The verb on networks: accuracy and speed under reduced precision, outputs not computed."""

from dataclasses import replace
from pathlib import Path

import click

from skimp.catalogue.ranges import Range
from skimp.cli.activations import activations as compare_codes
from skimp.cli.notes import NOTES, progress
from skimp.cli.options import FILE, Integers, Number, Numbers, option, refuse_given, verb
from skimp.cli.text import CHARACTERS, Percentiles
from skimp.cli.text import text as evaluate_text
from skimp.evaluate.figures import AccuracyReport
from skimp.evaluate.predict import AIMS, THRESHOLDS
from skimp.golden.arithmetic import Exact, parse_scheme
from skimp.golden.mamba.network import SHIPPED as TEXT
from skimp.golden.nets.asked import parse_predictor
from skimp.golden.nets.recalibrate import AVERAGINGS
from skimp.golden.nets.skipped import TIMED
from skimp.show import workloads
from skimp.show.terminal import show

__all__ = ["COMMANDS"]


def evaluate(net: str | None, scheme: tuple[str, ...], all_: bool, recalibrate: str | None,
             reorder: bool, threads_per_layer: tuple[int, ...] | None, images: int | None,
             data: Path | None, array: tuple[int, ...], kure: bool, beside: str,
             predict: tuple[str, ...], skip: tuple[float, ...], aim: str,
             thresholds: str, zaps: Path | None, percentile: tuple[float, ...] | None,
             full: bool, integer: bool, characters: int | None, plot: Path | None,
             activations: Path | None, as_json: bool) -> None:
    """Measure a network's accuracy and speed under schemes of reduced precision.

    NET is lenet5, resnet8, resnet8_kure, resnet8_pruned, resnet8_zap or dscnn, or a file: .npz
    as golden.nets.network describes it, or .onnx. Schemes: exact, static:4, static:8:4,
    sparq:5opt, sparq:3opt:trim, sparq:2opt:single, nbsmt:2:wA, nbsmt:4:A:reorder, or layer by
    layer, such as mixed:conv2=nbsmt:2,fc1=static:4; see golden.arithmetic.text. Without any, four
    of them.

    Predictors of outputs that need not be computed: zap:3, zap:5:2,4,4, neighbour:5, window:2,
    value:16, window:3:zero, value:16:all; see golden.nets.asked. Each is measured at several
    operating points, in exact 8 bits or under each --scheme.

    NET may be a network of text, too: mamba, mamba_second or mamba_third. Its schemes are codes of
    what the scan reads: softedge:paper, softedge:signed8, int8, int8:zero, ablation:fine, and so
    on, with a percentile such as softedge:paper@0.9999 if you like; see golden.softedge.named.

    --activations compares codes of activations instead, on arrays of your own.
    """
    if activations is not None:
        compare_codes(activations, as_json)
        return
    if net is None:
        raise ValueError("NET is missing: name a network, or give --activations")
    if net in TEXT:
        evaluate_text(net, scheme, all_, percentile, full, integer, characters, plot, as_json)
        return
    refuse_given("--percentile --full --integer --characters",
                 f"is of networks of text, {', '.join(TEXT)}: leave it out, or name one")
    from skimp import evaluate as evaluation
    from skimp.evaluate import plot as drawing
    from skimp.evaluate import plot_predictions as curves
    from skimp.show.plot import check_path

    if plot is not None:
        check_path(plot)
        if kure and not (scheme or all_ or predict):
            raise ValueError("--plot draws schemes: give --scheme or --all beside --kure")
    if not kure:
        refuse_given("--beside", "names the network of --kure: add --kure, or leave it out")
    elif not (scheme or all_ or predict):
        refuse_given("--recalibrate --reorder --threads-per-layer --array",
                     "is of schemes: give --scheme or --all beside --kure, or leave it out")
    asked = [parse_predictor(text) for text in dict.fromkeys(predict)]
    if not asked:
        refuse_given("--skip --aim --thresholds --zaps",
                     "is of predictors: add --predict, or leave it out")
    if asked and all(one.fixed for one in asked):
        refuse_given("--skip --aim --thresholds", "is of predictors whose limits are chosen, not "
                     f"of {', '.join(map(str, asked))}: leave it out, or name another")
    if thresholds == "trained":
        refuse_given("--skip --aim", "chooses thresholds: leave it out with --thresholds trained")
    elif thresholds == "layer":
        refuse_given("--aim", "is of thresholds by channel: leave it out with --thresholds layer")
    if all_:
        refuse_given("--predict", "has its own schemes, exact or each --scheme: leave --all out")
        refuse_given("--scheme --reorder", "adds nothing to --all: leave one of them out")
    if len(array) != 2:
        raise ValueError(f"--array must be rows and columns, such as 16,16, "
                         f"not {','.join(map(str, array))}")
    if zaps is not None and not any(one.zap for one in asked):
        raise ValueError("--zaps is of predictors such as zap:3: name one, or leave it out")
    if zaps is not None and not zaps.exists():
        raise ValueError(f"there is no file {zaps}")
    named = ([parse_scheme(text) for text in scheme] if scheme
             else [] if asked else list(evaluation.DEFAULT))
    schemes = evaluation.arrange(evaluation.ALL if all_ else named, reorder=reorder,
                                 threads_per_layer=threads_per_layer)
    plain = [Exact()] if Exact() in named or not named else []
    if kure and net == beside:
        raise ValueError(f"--kure compares two networks: name another than {net} with --beside")
    network = evaluation.open_network(net)
    if all_ and recalibrate is None and network.norms:
        recalibrate = "momentum"
    second = evaluation.open_network(beside) if kure else None
    workload = evaluation.open_workload(net, network, images=images, data=data)
    other = (evaluation.open_workload(beside, second, images=images, data=data)
             if second else None)
    document = AccuracyReport(network=net, conditions={
        **workload.conditions, "metric": workload.metric, "array": " x ".join(map(str, array))})
    if asked:
        document.conditions.update(
            aims_of=aim, timed_images=min(TIMED, len(workload.images)),
            limits_for=f"batch norm recalibrated ({recalibrate})" if recalibrate else "the network")
        with progress("predict", None) as done:
            document = replace(document, predictions=evaluation.predictions(
                workload, asked, [*plain, *schemes], skip=skip or None, aim=aim,
                thresholds=thresholds, recalibrated=recalibrate, trained=zaps, rows=array[0],
                cols=array[1], progress=done))
    elif scheme or all_ or not kure:
        with progress("evaluate", None) as done:
            document = evaluation.evaluate(workload, schemes, recalibrated=recalibrate,
                                           rows=array[0], cols=array[1], progress=done)
    if other:
        with progress("compare bits", None) as done:
            document = replace(document, kure=evaluation.compare_bits((workload, other),
                                                                      progress=done))
    if plot is not None:
        (curves if asked else drawing).draw(document, plot)
        NOTES.print(f"skimp: drew {plot}")
    show(document, as_json, workloads.accuracy)


COMMANDS = (
    verb(evaluate,
         click.Argument(["net"], metavar="[NET]", required=False),
         option("--scheme", multiple=True, metavar="SCHEME", help="as above; several may be given"),
         option("--all", "all_", is_flag=True, help="the whole table, batch norm recalibrated too"),
         option("--recalibrate", type=click.Choice(AVERAGINGS),
                help="each scheme again, batch norm recalibrated under it"),
         option("--reorder", is_flag=True, help="each NB-SMT scheme again, K reordered"),
         option("--threads-per-layer", type=Integers(Range(1, 4, integer=True)),
                help="threads of each reduced layer, in order, for NB-SMT schemes"),
         option("--images", type=Number(Range(1, 1_000_000, integer=True)),
                help="test images  [default: 1000; of --data: all]"),
         option("--data", type=FILE, help="images of your own: an .npz file with the uint8 arrays "
                "test_images, train_images (images, rows, columns, channels) and test_labels"),
         option("--array", type=Integers(Range(1, 1024, integer=True)), default=(16, 16),
                help="rows and columns of the array whose cycles are counted"),
         option("--kure", is_flag=True, help="compare post-training bits with another network's"),
         option("--beside", default="resnet8_kure", metavar="NET", help="that of --kure"),
         option("--predict", multiple=True, metavar="PREDICTOR",
                help="as above; several may be given"),
         option("--skip", type=Numbers(Range(0.1, 100)), help="percent of all products to skip on "
                "training images, an operating point each  [default: 20,25,30,35,40]"),
         option("--aim", default="products", type=click.Choice(AIMS),
                help="what --skip is a share of: all products, or all clocks of the array"),
         option("--thresholds", default="channel",
                type=click.Choice(THRESHOLDS), help="of ZAPs: one for each "
                "channel; one a layer from fitted curves, as in the paper; or those in the ZAPs' "
                "file, such as the network was fine-tuned with"),
         option("--zaps", type=FILE, help="the trained ZAPs of a network of your own, as "
                "golden.nets.train writes them"),
         option("--percentile", type=Percentiles(), help="of text: percentiles of |u| that steps "
                "are made of, or auto, the best of five for each code on calibration text  "
                "[default: 0.9995; of --all: those five]"),
         option("--full", is_flag=True, help="of text: weights and all other activations in INT8, "
                "simulated in floats"),
         option("--integer", is_flag=True, help="of text: the whole network in integers"),
         option("--characters", type=Number(Range(1, 1_000_000, integer=True)),
                help=f"of test text, whole sequences of 256  [default: {CHARACTERS}]"),
         option("--plot", type=FILE, help="draw accuracy against MACs a cycle, loss against MACs "
                "skipped, or loss against bits: .png, .svg, .pdf"),
         option("--activations", type=FILE, help="compare codes on the arrays of an .npz file, of "
                "floats, a layer each, sequences first where there are two axes and more"),
         selects=False),
)
