"""Configuration: from the environment, validated once, with a clear line for every mistake.

Settings (see docs/operations.md): FIREBREAK_INSTANCE, DATABASE_URL, FIREBREAK_PUBLIC_URL, FIREBREAK_TRUSTED_PROXIES,
FIREBREAK_SECURE_COOKIES, FIREBREAK_UPLOAD_MB, FIREBREAK_OFFLINE.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

LOCAL = "http://127.0.0.1:5000"
HOME = Path(__file__).resolve().parent.parent
DEMO_MARK = "demo.json"
"""A file that makes an instance folder a demonstration, on every page."""


class ConfigError(RuntimeError):
    """A setting that cannot work. Its text is one line that says what to do."""


class Config(BaseModel):
    """What the environment may say. Field aliases are the names of the variables."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)
    instance: Path = Field(default=HOME / "instance", alias="FIREBREAK_INSTANCE")
    database_url: str = Field(default="", alias="DATABASE_URL")
    public_url: str = Field(default="", alias="FIREBREAK_PUBLIC_URL")
    trusted_proxies: int = Field(default=0, ge=0, le=10, alias="FIREBREAK_TRUSTED_PROXIES")
    secure_cookies: bool | None = Field(default=None, alias="FIREBREAK_SECURE_COOKIES")
    upload_mb: int = Field(default=25, ge=1, le=1000, alias="FIREBREAK_UPLOAD_MB")
    offline: bool = Field(default=True, alias="FIREBREAK_OFFLINE")
    streams: int = Field(default=40, ge=0, le=10_000, alias="FIREBREAK_STREAMS")
    playbooks: Path = Field(default=HOME / "playbooks", alias="FIREBREAK_PLAYBOOKS")

    @field_validator("public_url")
    @classmethod
    def _web(cls, value: str) -> str:
        if value and (urlsplit(value).scheme not in ("http", "https") or not urlsplit(value).netloc):
            raise ValueError("must be an address such as https://desk.example.org")
        return value.rstrip("/")

    @property
    def database(self) -> str:
        """The SQLAlchemy URL; postgres:// and postgresql:// get our driver."""
        if not self.database_url:
            return f"sqlite:///{self.instance.resolve() / 'firebreak.sqlite'}"
        scheme, sep, rest = self.database_url.partition("://")
        return f"postgresql+psycopg{sep}{rest}" if scheme in ("postgres", "postgresql") else self.database_url

    @property
    def https_only(self) -> bool:
        """Cookies travel by https only: as set, else when the public address says https."""
        return self.public_url.startswith("https://") if self.secure_cookies is None else self.secure_cookies


def address(config: Config | None) -> str:
    """Where links begin that nobody's request may name: the public address, else where the server listens."""
    public = config.public_url if config else ""
    return public or os.environ.get("FIREBREAK_ADDRESS") or LOCAL


def read(environ: Mapping[str, str] = os.environ, **overrides: Any) -> Config:
    """The configuration, or ConfigError naming the variable and the cure."""
    names = {field.alias: name for name, field in Config.model_fields.items()}
    given = {a: environ[a] for a, name in names.items() if a and environ.get(a) and name not in overrides}
    try:
        config = Config.model_validate({**given, **overrides})
    except ValidationError as error:
        first = error.errors()[0]
        raise ConfigError(f"{first['loc'][0]}: {first['msg']}") from None
    _known_database(config)
    return config


def _known_database(config: Config) -> None:
    if not config.database_url:
        return  # SQLAlchemy takes long to load, and some commands do without
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(config.database)
    except (ArgumentError, ValueError):
        url = make_url("unreadable://")
    in_memory = url.drivername == "sqlite" and url.database in (None, "", ":memory:")
    if in_memory or url.drivername not in ("sqlite", "postgresql+psycopg"):
        raise ConfigError("DATABASE_URL must start with postgresql:// or sqlite:/// (or be left out for SQLite)")


def prepare(config: Config) -> dict[str, str]:
    """Make the instance folder and its secrets where missing, and return the secrets. ConfigError when it cannot."""
    path = config.instance / "secrets.json"
    try:
        config.instance.mkdir(parents=True, exist_ok=True)
        (config.instance / "files").mkdir(exist_ok=True)
        if not path.exists():
            _write_once(path)
        return dict(json.loads(path.read_text(encoding="utf-8")))
    except json.JSONDecodeError:
        raise ConfigError(
            f"{path} is damaged; restore it from a backup, or delete it (everybody signs in again)"
        ) from None
    except OSError as error:
        why = error.strerror or error
        raise ConfigError(
            f"cannot write in {config.instance}: {why}. Choose another folder with FIREBREAK_INSTANCE"
        ) from None


def _write_once(path: Path) -> None:
    """Two processes may start at once: the link decides whose secrets count."""
    made = {name: secrets.token_urlsafe(48) for name in ("secret_key", "password_salt", "totp_secret")}
    mine = path.with_suffix(f".{os.getpid()}")
    mine.touch(mode=0o600)
    mine.write_text(json.dumps(made), encoding="utf-8")
    try:
        os.link(mine, path)
    except FileExistsError:
        pass
    finally:
        mine.unlink()


def flask_settings(config: Config) -> dict[str, Any]:
    """The configuration as Flask and its extensions read it."""
    found = prepare(config)
    demonstration = (config.instance / DEMO_MARK).exists()
    return {
        "FIREBREAK": config,
        "DEMONSTRATION": demonstration,
        "SECRET_KEY": found["secret_key"],
        "SECURITY_PASSWORD_SALT": found["password_salt"],
        "SECURITY_TOTP_SECRETS": {"1": found["totp_secret"]},
        "SQLALCHEMY_DATABASE_URI": config.database,
        "MIGRATIONS": str(HOME / "migrations"),
        "MAX_CONTENT_LENGTH": config.upload_mb * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 5 * 1024 * 1024,
        "MAX_FORM_PARTS": 2000,
        "SESSION_COOKIE_SECURE": config.https_only,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        # A browser tells cookies by host, not by port: beside the real desk, a demonstration needs a name of its own.
        "SESSION_COOKIE_NAME": "firebreak-demo" if demonstration else "firebreak",
        "BABEL_TRANSLATION_DIRECTORIES": str(HOME / "translations"),
        "TEMPLATES_AUTO_RELOAD": False,
    }
