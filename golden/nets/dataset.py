"""Fashion-MNIST: what is shipped, and all of it where Debian's ``dataset-fashion-mnist`` is.

Attribution: `golden.nets`. The files beside this one have the first 1,000 test images and the first
1,000 training images; measure on the former, calibrate on the latter.
"""

import gzip
from pathlib import Path

import numpy as np

__all__ = ["DATA", "measuring_images", "read_fashion_mnist", "read_idx", "training_images"]

#: Where Debian's package puts the data set.
DATA = Path("/usr/share/datasets/fashion-mnist")


def read_idx(path):
    """Read a gzipped IDX file of bytes: a uint8 array of the shape in its header."""
    content = gzip.decompress(Path(path).read_bytes())
    if content[:3] != b"\0\0\x08":
        raise ValueError(f"An IDX file of bytes must begin with 0, 0, 8; {path} does not")
    shape = np.frombuffer(content, ">i4", count=content[3], offset=4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * len(shape)).reshape(shape)


def read_fashion_mnist(folder):
    """Read the data set: training images and labels, test images and labels."""
    return tuple(read_idx(Path(folder) / f"{part}-{kind}-ubyte.gz")
                 for part in ("train", "t10k") for kind in ("images-idx3", "labels-idx1"))


def measuring_images(count=1000, *, folder=DATA):
    """Return the first ``count`` test images and their labels.

    Parameters
    ----------
    count : int
        At least 1; up to 1,000 are shipped, up to 10,000 are in ``folder``.
    folder : path
        Where the whole data set is, if it is installed.

    Returns
    -------
    images : uint8 array ``(count, 28, 28)``
    labels : uint8 array ``(count,)``

    Raises
    ------
    ValueError
        If ``count`` is out of range.
    """
    with np.load(Path(__file__).with_name("fashion_mnist.npz")) as file:
        images, labels = file["test_images"], file["test_labels"]
    if count < 1:
        raise ValueError(f"Images must be at least 1, not {count}")
    if count <= len(images):
        return images[:count], labels[:count]
    paths = [Path(folder) / f"t10k-{kind}-ubyte.gz" for kind in ("images-idx3", "labels-idx1")]
    if not all(path.exists() for path in paths):
        raise ValueError(f"Images must be at most {len(images)}, which are shipped, "
                         f"not {count}; Debian's package dataset-fashion-mnist has 10000")
    images, labels = (read_idx(path) for path in paths)
    if count > len(images):
        raise ValueError(f"Images must be at most {len(images)}, not {count}")
    return images[:count], labels[:count]


def training_images(count, *, folder=DATA):
    """Return the first ``count`` training images, and a phrase that describes them.

    Up to 1,000 are shipped. More are read from ``folder``; if it is not there, the shipped ones are
    repeated, in order, until they are enough.

    Returns
    -------
    images : uint8 array ``(count, 28, 28)``
    source : str

    Raises
    ------
    ValueError
        If ``count`` is not 1 to 60,000.
    """
    if not 1 <= count <= 60_000:
        raise ValueError(f"Training images must be 1 to 60000, not {count}")
    with np.load(Path(__file__).with_name("fashion_mnist_train.npz")) as file:
        shipped = file["images"]
    path = Path(folder) / "train-images-idx3-ubyte.gz"
    if count <= len(shipped):
        return shipped[:count], f"the first {count} training images, as shipped"
    if path.exists():
        return read_idx(path)[:count], f"the first {count} training images"
    return (np.resize(shipped, (count, *shipped.shape[1:])),
            f"the first {len(shipped)} training images, as shipped, repeated to {count}")
