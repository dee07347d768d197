"""What was rendered and may be shown again: a bounded memory of this process, the oldest forgotten first.

A key names everything that the text depends on, so what is kept cannot become untrue: it is only asked for no more.
"""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")


def size_of(text: object) -> int:
    """Bytes that a text takes in memory."""
    return sys.getsizeof(text)


class Kept(Generic[T]):
    """Values by key, together at most `most` as `weight` counts them."""

    def __init__(self, most: int, weight: Callable[[T], int] = size_of) -> None:
        self.most = most
        self.weight = weight
        self.held = 0
        self._values: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Hashable) -> T | None:
        """The value; None when it was never put, or is forgotten."""
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def put(self, key: Hashable, value: T) -> T:
        """Keep it, and forget what was asked for longest ago."""
        with self._lock:
            self._drop(key)
            self._values[key] = value
            self.held += self.weight(value)
            while self.held > self.most and len(self._values) > 1:
                self._drop(next(iter(self._values)))
        return value

    def forget(self) -> None:
        """All of it."""
        with self._lock:
            self._values.clear()
            self.held = 0

    def _drop(self, key: Hashable) -> None:
        if key in self._values:
            self.held -= self.weight(self._values.pop(key))
