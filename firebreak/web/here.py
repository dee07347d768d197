"""What holds for the whole of one request: the time, who came, the desk's settings and names, each read once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from flask import current_app, g

from firebreak.store import queries
from firebreak.store.arrivals import Arrival


def now() -> datetime:
    """The time of this request, aware UTC; every figure of a page counts from it. Tests set CLOCK to a function."""
    if "now" not in g:
        clock = current_app.config.get("CLOCK")
        g.now = clock() if clock else datetime.now(UTC)
    return g.now


def moment() -> int:
    """A number that stays the same for ten seconds: words that depend on the time may be kept as long."""
    return int(now().timestamp() // 10)


def arrival() -> Arrival | None:
    """What was asked as this request came (see `store.arrivals`); None when nobody is signed in."""
    return g.get("arrival")


def desk() -> dict[str, Any]:
    """The desk's settings (see `firebreak.store.settings.DEFAULTS`), as they were when the request began."""
    if "desk" not in g:
        g.desk = dict(_as_of_the_log("settings", queries.settings))
    return g.desk


def names() -> Mapping[int, str]:
    """Account id -> name; see `store.queries.names`."""
    return _as_of_the_log("names", queries.names)


def everybody() -> Mapping[int, tuple[str, bool]]:
    """Account id -> name, and whether they are still here; see `store.queries.everybody`."""
    return _as_of_the_log("everybody", queries.everybody)


def _as_of_the_log(what: str, read: Callable[[], Any]) -> Any:
    """Read once for each state of the administration's log: no setting and no name changes without an entry there."""
    came = arrival()
    if came is None:
        return read()
    kept: dict[str, tuple[str, Any]] = current_app.extensions.setdefault("firebreak_kept", {})
    mark, known = kept.get(what, ("", None))
    if mark != came.desk or known is None:
        known = read()
        kept[what] = (came.desk, known)
    return known
