"""Files of users, of which reading begins and ends."""

import errno
import stat
from pathlib import Path

__all__ = ["open_file", "read_file"]


def open_file(path):
    """Open a file for its bytes; refuse pipes and devices, which might block or never end.

    Raises
    ------
    OSError
        If there is none, or it is a pipe, a device or a folder.
    """
    path = Path(path)
    mode = path.stat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise OSError(errno.EINVAL, "It is a pipe or a device: save what it gives as a file, and "
                      "name that", str(path))
    return path.open("rb")


def read_file(path, most):
    """Return the bytes of a file of at most ``most``.

    Raises
    ------
    OSError
        As `open_file`.
    ValueError
        If it has more; the sentence continues "FILE is".
    """
    with open_file(path) as file:
        content = file.read(most + 1)
    if len(content) > most:
        raise ValueError(f"too large: it has more than {most:,} bytes")
    return content
