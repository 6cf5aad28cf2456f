"""Files of arrays, the same to the byte whenever they are written."""

import io
import json
import math
import secrets
import zipfile
from pathlib import Path

import numpy as np

from skimp.golden.files import open_file

__all__ = ["LARGEST", "json_object", "read_arrays", "read_npz", "write_npz"]

#: Bytes of all arrays of a file, and arrays of it.
LARGEST, MOST = 2**30, 100_000


def write_npz(path, arrays):
    """Write ``arrays``, a dict, as a compressed ``.npz`` without dates: beside, then renamed."""
    part = path.with_name(f".{secrets.token_hex(8)}.part")      # unique per writer
    with zipfile.ZipFile(part, "w") as archive:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            entry.create_system = 3                           # else it depends on the system
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
        If it is not an ``.npz`` file, has other than plain arrays, or would inflate to more than
        `LARGEST` bytes, which is checked before anything is inflated.
    """
    path = Path(path)
    try:
        return read_arrays(path)
    except ValueError as error:
        raise ValueError(f"{path.name} must be an .npz file of plain arrays, but "
                         f"{error}") from error


def read_arrays(path):
    """Read all arrays as `read_npz` does; the ValueError continues a sentence about the file."""
    with open_file(path) as stream:
        try:
            with zipfile.ZipFile(stream) as archive:
                members = archive.infolist()
                if len(members) > MOST or sum(member.file_size for member in members) > LARGEST:
                    raise _Refused(f"it inflates to more than {LARGEST >> 20} MB or {MOST} arrays")
                return {member.filename.removesuffix(".npy"): _array(archive, member)
                        for member in members}
        except _Refused as error:
            raise ValueError(str(error)) from error
        except Exception as error:          # it raises whatever the wrong bytes lead to
            raise ValueError("it cannot be read as one: it is damaged, or something "
                             "else") from error


def _array(archive, member):
    """Read an array; refuse it if its header claims more bytes than there are."""
    with archive.open(member) as file:
        version = np.lib.format.read_magic(file)
        header = (np.lib.format.read_array_header_1_0 if version == (1, 0)
                  else np.lib.format.read_array_header_2_0)
        shape, _, dtype = header(file)
    if dtype.hasobject:
        raise _Refused(f"the array {member.filename.removesuffix('.npy')} is of Python objects: "
                        "save numbers")
    if math.prod(shape) * dtype.itemsize > member.file_size:
        raise _Refused(f"the array {member.filename.removesuffix('.npy')} is cut off")
    with archive.open(member) as file:
        return np.lib.format.read_array(file, allow_pickle=False)


def json_object(arrays, name, what):
    """Return an array's text as the JSON object that it describes; ``what`` must have it.

    Raises
    ------
    ValueError
        If there is no such array, or it is not the text of an object with finite numbers.
    """
    if name not in arrays:
        raise ValueError(f"{what} must have the array {name}")
    try:
        value = json.loads(str(arrays[name]), parse_constant=_no_number)
    except json.JSONDecodeError as error:
        raise ValueError(f"The array {name} must be JSON text, but line {error.lineno}, column "
                         f"{error.colno} is not as it must be") from error
    except (RecursionError, ValueError) as error:       # Python has a limit of digits, too
        raise ValueError(f"The array {name} must be JSON text that is not nested too deeply, with "
                         f"finite numbers") from error
    if not isinstance(value, dict):
        raise ValueError(f"The array {name} must be a JSON object, not {str(value)[:60]}")
    return value


def _no_number(text):
    raise ValueError(text)


class _Refused(Exception):
    """The file is an archive, but holds too much, or other than arrays of numbers or text."""
