"""Accuracy of a network under reduced precision: what `skimp evaluate` reports.

The report is a dict: ``network``, its name; ``conditions``, what holds for every row; ``rows``, one
flat dict a scheme, exact 8 bits first; ``kure``, rows of the comparison of two networks, if asked
for. All of it can be written as JSON.

A row:

scheme : str
    As in `golden.arithmetic.text`.
recalibrated : "momentum", "average" or None
    How batch norm was recalibrated under the scheme.
top1_percent, loss_points, loss_error_points : float
    Right answers; how many points less than exact 8 bits, and the standard error of that over the
    same images.
recovered_percent : float or None
    Of a recalibrated row: the share of the loss without recalibration that is gone. None where
    that loss is less than twice its standard error.
reduced_activations_percent, reduced_weights_percent : float
    Shares of all products with such an operand: see `golden.arithmetic.base.Usage`.
steps_by_active : list of int
    Steps of the multipliers by the number of threads, 0 to 4, with two nonzero operands, over
    ``conditions["usage_images"]`` images.
collisions_percent, busy_percent : float
    Shares of steps with two such threads or more, and with any.
cycles, macs_per_cycle, speed_up, ideal_speed_up, utilisation_percent
    Of an image on the array: see `golden.nets.measure.Cost`.
seconds : float
    What it took to evaluate all images.

A row of ``kure``: ``weights``, ``activations`` (bits), ``steps`` ("uniform", "power of two" or
"uniform, one a tensor"); ``networks``, a list of ``network``, ``mean_kurtosis`` (of the weights of
the reduced layers), ``top1_percent``, ``loss_points`` (against its own 8 bits) and
``loss_error_points``; ``gain_points``, ``gain_error_points``: top-1 of the second less that of the
first, paired.
"""

from skimp.evaluate.compare import ALL, DEFAULT, arrange, evaluate
from skimp.evaluate.kure import compare_bits
from skimp.evaluate.workload import open_network, open_workload

__all__ = ["ALL", "DEFAULT", "arrange", "compare_bits", "evaluate", "open_network",
           "open_workload"]
