"""Firebreak: a desk for social-media crises. `create_app` is a list of parts, each with its `init_app`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flask import Flask


def create_app(overrides: dict[str, Any] | None = None, **settings: Any) -> Flask:
    """The application. `settings` are fields of `config.Config`; `overrides` are raw Flask settings (for tests)."""
    # Imported here, so that `firebreak serve`, which only supervises, starts at once.
    from flask import Flask
    from werkzeug.middleware.proxy_fix import ProxyFix

    from firebreak import api, config, live, notify, store, web

    read = config.read(**settings)
    app = Flask("firebreak", template_folder=str(config.HOME / "templates"), static_folder=str(config.HOME / "static"))
    app.config.update(config.flask_settings(read))
    app.config.update(overrides or {})
    if read.trusted_proxies:
        hops = read.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops, x_prefix=0)  # type: ignore[method-assign]
    store.init_app(app)
    notify.init_app(app)
    live.init_app(app)
    web.init_app(app)
    api.init_app(app)
    return app
