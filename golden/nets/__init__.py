"""Small networks in integers, and the real images they run on.

The images are a part of Fashion-MNIST (Xiao, Rasul, Vollgraf, arXiv 1708.07747), Copyright (c) 2017
Zalando SE, https://tech.zalando.com, under the MIT licence in ``LICENSE-fashion-mnist`` beside
this file. Weights and images are written by this project's training, `golden.nets.train`.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np

__all__ = ["CLASSES", "FashionMnist", "fashion_mnist"]

#: The classes of Fashion-MNIST; a label is an index into them.
CLASSES = ("T-shirt/top", "trouser", "pullover", "dress", "coat",
           "sandal", "shirt", "sneaker", "bag", "ankle boot")


class FashionMnist(NamedTuple):
    """Images ``(images, 28, 28)`` of pixels 0 (background) .. 255, and labels 0 .. 9; all uint8."""

    #: The first 1,000 of the 10,000 test images: to measure on.
    test_images: np.ndarray
    test_labels: np.ndarray
    #: The first 50 of the 60,000 training images: to calibrate keys and tables on.
    train_images: np.ndarray
    train_labels: np.ndarray


def fashion_mnist():
    """Return the shipped images and labels as a `FashionMnist`.

    Calibrate on the training images and measure on the test images: a figure measured on what it
    was fitted to is worth nothing.
    """
    with np.load(Path(__file__).with_name("fashion_mnist.npz")) as file:
        return FashionMnist(*(file[name] for name in FashionMnist._fields))
