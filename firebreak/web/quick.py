"""What templates ask most often, made quick: addresses, words, and parts of the frame that many pages share.

An address depends on its endpoint and values alone, a word on its language, a part of the frame on what its caller
names and on the reader (`locale.Reader`).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any

from flask import Flask, current_app, has_request_context, request
from jinja2 import Template, pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from firebreak.web import locale
from firebreak.web.rendered import Kept

MOST_KEPT = 2 * 1024 * 1024
"""Bytes of parts of frames."""
MOST_ADDRESSES = 8192
_KEY = "firebreak_frames"


class QuickTemplate(Template):
    """Jinja compares all globals at each import, in case templates have different ones. Ours have not."""

    def _get_default_module(self, ctx: Any = None) -> Any:
        return super()._get_default_module()


def init_app(app: Flask) -> None:
    """Put ours in place of Flask's and Flask-Babel's. `frame` is new."""
    app.jinja_env.template_class = QuickTemplate
    app.ensure_sync = _as_it_is  # type: ignore[method-assign, assignment]
    app.extensions[_KEY] = Kept[Markup](MOST_KEPT)
    app.jinja_env.globals.update(url_for=_addresses(app), _=word, gettext=word, frame=frame)


def _as_it_is(function: Callable[..., Any]) -> Callable[..., Any]:
    """Flask looks at each view and hook of each request, whether it is a coroutine. Ours never are."""
    return function


def _addresses(app: Flask) -> Callable[..., str]:
    """Flask's `url_for`, asked once for each address."""

    @lru_cache(maxsize=MOST_ADDRESSES)
    def address(root: str, endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
        return app.url_for(endpoint, **dict(values))

    def url_for(endpoint: str, **values: Any) -> str:
        if not has_request_context() or endpoint.startswith(".") or "_external" in values or "_scheme" in values:
            return app.url_for(endpoint, **values)
        try:
            return address(request.environ.get("SCRIPT_NAME", ""), endpoint, tuple(values.items()))
        except TypeError:  # a list among the values can not be remembered
            return app.url_for(endpoint, **values)

    return url_for


@pass_eval_context
def word(context: EvalContext, text: str, /, **facts: Any) -> str:
    """`_("…")` of templates: translated, facts put in and escaped where the template is HTML."""
    found: str = locale.catalogue().ugettext(text)
    found = Markup(found) if context.autoescape else found
    return found % facts if facts or "%" in found else found


def frame(template: str, /, **facts: Hashable) -> Markup:
    """A template rendered with `facts` and globals, once for each kind of reader and these facts: they name whatever
    else it depends on."""
    parts: Kept[Markup] = current_app.extensions[_KEY]
    key = (template, request.environ.get("SCRIPT_NAME", ""), locale.reader(), *facts.items())
    found = parts.get(key)
    if found is None:
        found = parts.put(key, Markup(current_app.jinja_env.get_template(template).render(facts)))
    return found
