"""The matcher's trained table, read once in a process, when it is first asked for."""

from __future__ import annotations

from functools import lru_cache

from firebreak import config
from firebreak.domain import model
from firebreak.domain.model import Model

FILE = config.HOME / "model" / "matcher.bin"


@lru_cache(maxsize=1)
def table() -> Model:
    """The model of this house. Raises BadModel, and OSError where the file is missing."""
    return model.read(FILE.read_bytes())
