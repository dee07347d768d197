"""Rate limits, counted in the database so that all processes share them."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

from flask import Flask, current_app, render_template, request, session
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter, RateLimitExceeded
from flask_limiter.util import get_remote_address
from limits.storage import Storage
from sqlalchemy.exc import SQLAlchemyError

from firebreak.store import rates


class DeskStorage(Storage):
    """The `limits` library's counters on our table. Fixed windows only."""

    STORAGE_SCHEME = ["firebreak"]  # noqa: RUF012  (as the base class has it)

    @property
    def base_exceptions(self) -> type[Exception]:
        return SQLAlchemyError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        return rates.count(key, expiry, amount, datetime.now(UTC))

    def get(self, key: str) -> int:
        found = rates.get(key, datetime.now(UTC))
        return found[0] if found else 0

    def get_expiry(self, key: str) -> float:
        now = datetime.now(UTC)
        found = rates.get(key, now)
        return (found[1] if found else now).timestamp()

    def check(self) -> bool:
        rates.get("", datetime.now(UTC))
        return True

    def reset(self) -> int:
        return rates.forget()

    def clear(self, key: str) -> None:
        rates.forget(key)


def _by_account() -> str:
    """Address and account: a stranger's tries elsewhere do not lock a person out. The account is not kept in clear."""
    account = request.form.get("email", "").strip().lower() or session.get("tf_user_id", "")
    return f"{get_remote_address()} {hashlib.sha256(account.encode()).hexdigest()[:32]}"


A_MINUTE = timedelta(minutes=1)
BY_ADDRESS = "60 per minute"
LIMITS = {
    "security.login": "10 per minute",
    "security.verify": "10 per minute",
    "security.two_factor_token_validation": "10 per 5 minutes",
    "security.mf_recovery": "10 per 5 minutes",
    "links.forgotten": "5 per 15 minutes",
    "links.use": "20 per 15 minutes",
    "setup.first": "20 per 15 minutes",
    "account.password": "10 per minute",
    "account.second_step": "10 per minute",
}
"""POSTs to each endpoint, for one address and account."""


def init_app(app: Flask) -> None:
    """The counters and the page; `guard_views` puts the limits on, once all views are there."""
    app.config.setdefault("RATELIMIT_HEADERS_ENABLED", False)
    app.extensions["firebreak_limiter"] = _without_hooks(app)
    app.register_error_handler(RateLimitExceeded, too_many)


def _without_hooks(app: Flask) -> Limiter:
    """Views with a limit look at it themselves. The hooks are for default limits and headers, which we have not, and
    would cost every other page as much as its own code."""
    lists = (app.before_request_funcs, app.after_request_funcs, app.teardown_request_funcs)
    before = [list(each.get(None, ())) for each in lists]
    limiter = Limiter(get_remote_address, app=app, storage_uri="firebreak://")
    for each, hooks in zip(lists, before, strict=True):
        each[None] = hooks  # type: ignore[index]
    return limiter


def guard_views(app: Flask) -> None:
    """Put the limits on the views, once all are registered."""
    limiter: Limiter = app.extensions["firebreak_limiter"]
    for endpoint, limit in LIMITS.items():
        view: Callable[..., Any] = app.view_functions[endpoint]
        per_account = limiter.shared_limit(limit, scope=endpoint, key_func=_by_account, methods=["POST"])
        per_address = limiter.shared_limit(BY_ADDRESS, scope="sign-in", methods=["POST"])
        app.view_functions[endpoint] = per_address(per_account(view))


def too_many(error: RateLimitExceeded) -> ResponseReturnValue:
    """429, and when to try again."""
    limiter: Limiter = current_app.extensions["firebreak_limiter"]
    hit = limiter.current_limit
    wait = (
        max(timedelta(seconds=hit.reset_at) - timedelta(seconds=time.time()), timedelta(seconds=1)) if hit else A_MINUTE
    )
    page = render_template("security/too_many.html", wait=wait)
    return page, 429, {"Retry-After": str(ceil(wait.total_seconds()))}
