"""The trained part of the matcher: a table that says how much each feature speaks for each scenario.

A file is a line of JSON, the names of the features (one a line, UTF-8) and a row of 16-bit integers for each: its
weight for every class, then its rarity. A report's voice for a class is the sum of the weights of its features, divided
by the length of their rarities: cosine similarity, as in a linear classifier over tf-idf. `docs/model-card.md` says how
the table was made.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import exp, log, sqrt
from struct import Struct
from types import MappingProxyType
from typing import Any, TypeVar

Spans = TypeVar("Spans")
Row = tuple[int, ...]
"""The weights of a feature for each class, then its rarity."""

FORMAT = 1
NONE = "none"


class BadModel(ValueError):
    """A file that is no model, or one of another format: make it anew with `make model`."""


@dataclass(frozen=True)
class Voices:
    """What the features of a report say: the sum of their weights for each class, and of their squared rarities."""

    sums: tuple[int, ...]
    rarity: int

    def without(self, gone: Voices) -> Voices:
        """These voices as they would be without those of some of their features."""
        sums = (told - lost for told, lost in zip(self.sums, gone.sums, strict=True))
        return Voices(tuple(sums), self.rarity - gone.rarity)


@dataclass(frozen=True)
class Model:
    """`classes` are scenarios and `none`; `rows` gives the number of a feature's row in the `table`."""

    head: Mapping[str, Any]
    rows: Mapping[str, int]
    table: memoryview

    @cached_property
    def classes(self) -> tuple[str, ...]:
        return tuple(self.head["classes"])

    @cached_property
    def simplified(self) -> Mapping[int, str]:
        """The simplified form of each traditional character, by its code."""
        traditional, simplified = self.head["simplified"]
        return MappingProxyType({ord(old): new for old, new in zip(traditional, simplified, strict=True)})

    @cached_property
    def han_words(self) -> frozenset[str]:
        """The Chinese words among the features: the ones that may be shown."""
        return frozenset(self.head["han_words"].split())

    @cached_property
    def blend(self) -> Mapping[str, float]:
        """How the table's voice is weighed: see `firebreak.domain.blend`."""
        return MappingProxyType(self.head["blend"])

    @cached_property
    def _row(self) -> Struct:
        return Struct(f"<{len(self.classes) + 1}h")

    def row(self, feature: str) -> Row | None:
        """The row of a feature; None for one that was never seen."""
        return next((row for _feature, row in self.known({feature: None})), None)

    def known(self, features: Mapping[str, Spans]) -> list[tuple[Spans, Row]]:
        """The features that were seen in training: what they came with, and their rows."""
        number, row, table, size = self.rows.get, self._row.unpack_from, self.table, self._row.size
        numbered = ((spans, number(name)) for name, spans in features.items())
        return [(spans, row(table, found * size)) for spans, found in numbered if found is not None]

    def heard(self, rows: Sequence[Row]) -> Voices:
        """The voices of these rows."""
        nothing = Voices((0,) * len(self.classes), 0)
        if not rows:
            return nothing
        *weights, rarities = zip(*rows, strict=True)
        return Voices(tuple(map(sum, weights)), sum(rarity * rarity for rarity in rarities))

    def beliefs(self, voices: Voices) -> list[float]:
        """The logarithm of how likely each class is, by the table alone; they sum to 1 once raised."""
        length = sqrt(max(voices.rarity, 0)) or 1.0
        heat = self.blend["heat"] * self.head["scale"] / length
        return normal([heat * total + start for total, start in zip(voices.sums, self.head["starts"], strict=True)])


def normal(told: Sequence[float]) -> list[float]:
    """Logarithms shifted so that they sum to 1 once raised."""
    highest = max(told)
    whole = highest + log(sum(exp(each - highest) for each in told))
    return [each - whole for each in told]


def read(data: bytes) -> Model:
    """The model in a file's bytes. Raises BadModel."""
    try:
        line, rest = data.split(b"\n", 1)
        head = json.loads(line)
        if head["format"] != FORMAT:
            raise BadModel(f"a model of format {head['format']}, not {FORMAT}: run `make model`")
        names = rest[: head["names"]].decode().split("\n")
        model = Model(head, dict(zip(names, range(len(names)), strict=True)), memoryview(rest)[head["names"] :])
    except (KeyError, TypeError, ValueError) as error:
        raise error if isinstance(error, BadModel) else BadModel("this file is no model: run `make model`") from error
    if len(model.table) != len(names) * (len(model.classes) + 1) * 2:
        raise BadModel("the model's table is cut off: run `make model`")
    return model


def written(head: Mapping[str, Any], names: Sequence[str], table: bytes) -> bytes:
    """The bytes that `read` reads; rows in the order of the names."""
    told = "\n".join(names).encode()
    line = json.dumps({"format": FORMAT, **head, "names": len(told)}, ensure_ascii=False, separators=(",", ":"))
    return b"\n".join([line.encode(), told + table])
