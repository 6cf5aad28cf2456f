"""Files of arrays that are the same, byte for byte, whenever they are written."""

import io
import secrets
import zipfile
from pathlib import Path

import numpy as np

__all__ = ["read_npz", "write_npz"]


def write_npz(path, arrays):
    """Write ``arrays``, a dict, as a compressed ``.npz`` without dates: beside, then renamed."""
    part = path.with_name(f".{secrets.token_hex(8)}.part")      # no two writers have the same
    with zipfile.ZipFile(part, "w") as archive:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 3                           # else it tells Windows from the rest
            content = io.BytesIO()
            np.lib.format.write_array(content, np.asarray(array, order="C"), allow_pickle=False)
            archive.writestr(entry, content.getvalue(), zipfile.ZIP_DEFLATED, compresslevel=9)
    part.replace(path)


def read_npz(path):
    """Read all arrays of an ``.npz`` file: a dict.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is not an ``.npz`` file, or has other than plain arrays.
    """
    path = Path(path)
    with path.open("rb") as stream:         # NumPy leaves the files that it refuses open
        try:
            with np.load(stream, allow_pickle=False) as file:
                return {name: file[name] for name in file.files}
        except Exception as error:          # it raises whatever the wrong bytes lead to
            raise ValueError(f"{path.name} must be an .npz file of plain arrays, but it cannot be "
                             f"read as one") from error
