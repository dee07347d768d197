"""Templates as Python code, kept in the instance: to compile those of the first page takes a tenth of a start."""

from __future__ import annotations

from contextlib import suppress
from importlib.metadata import version

from flask import Flask
from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket


class Compiled(FileSystemBytecodeCache):
    """Jinja's cache, by the hash of each source. A disk that is full or read-only costs time and no page."""

    def load_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        with suppress(OSError):
            super().dump_bytecode(bucket)


def init_app(app: Flask) -> None:
    """A folder for each version of Jinja, whose code calls into that version; only the desk's own user may write there,
    since what lies in it is run."""
    folder = app.config["FIREBREAK"].instance / "templates" / version("jinja2")
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    app.jinja_env.bytecode_cache = Compiled(str(folder))
