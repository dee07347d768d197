"""People and their ways in. Each change and its entry in the desk's log are one transaction.

Whoever calls hashes passwords first: no slow work happens while the log is locked. `actor` is None when the desk
itself acts (the command line, a person who comes with a link). A new `fs_uniquifier` ends all sessions of a person.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import Row

from firebreak.domain import text
from firebreak.domain.events import Event, EventKind
from firebreak.domain.refusal import Refused
from firebreak.store import people as store
from firebreak.store import settings as desk_settings
from firebreak.store.accounts import ACCESS
from firebreak.store.log import DESK, Change, changing

LASTS: Mapping[str, timedelta] = MappingProxyType(
    {
        "setup": timedelta(hours=24),
        "invitation": timedelta(days=7),
        "reset": timedelta(hours=24),
        "forgotten": timedelta(hours=1),
    }
)
"""How long each kind of one-time link works."""

PASSWORD_LINKS = ("invitation", "reset", "forgotten")
OPEN_FIELDS = frozenset({"name", "email", "phone", "zone", "language", "clock"})


def fingerprint(token: str) -> str:
    """What is kept of a link's token, or of a recovery code."""
    return hashlib.sha256(token.encode()).hexdigest()


# --- adding ----------------------------------------------------------------------------------------


def add(
    *,
    email: str,
    name: str,
    access: str,
    actor: int | None,
    now: datetime,
    password_hash: str | None = None,
    more: Mapping[str, str] | None = None,
) -> int:
    """A new person's id. Refused: unknown_access, email_taken, required. `more` sets zone, language, phone, clock."""
    with changing(DESK, now) as change:
        return _add(change, email, name, access, actor, password_hash, more or {})


def _add(
    change: Change,
    email: str,
    name: str,
    access: str,
    actor: int | None,
    password_hash: str | None,
    more: Mapping[str, str],
) -> int:
    if access not in ACCESS:
        raise Refused("unknown_access", access=access)
    values = _checked(change, {"email": email, "name": name, **more})
    who = {"access": access, "password": password_hash, "created_at": change.now, "active": True}
    id = store.insert(change.connection, **values, **who, fs_uniquifier=_new_sessions())
    data = {"person": id, "access": access, "name": values["name"], "email": values["email"]}
    change.record([Event(EventKind.PERSON_ADDED, change.now, actor, data)])
    return id


def first(
    token: str, *, email: str, name: str, password_hash: str, desk: Mapping[str, Any], now: datetime, **more: str
) -> int:
    """The first administrator, once: the lock on the desk's log decides a race. Refused: link_over, already_set_up."""
    with changing(DESK, now) as change:
        link = store.use_link(change.connection, fingerprint(token), now)
        if link is None or link.purpose != "setup":
            raise Refused("link_over")
        if not store.there_are_none(change.connection):
            raise Refused("already_set_up")
        id = _add(change, email, name, "administrator", None, password_hash, more)
        changed = desk_settings.write(change.connection, desk)
        change.record([Event(EventKind.SETTINGS_CHANGED, now, id, {"fields": changed})] if changed else [])
    return id


def _checked(change: Change, values: Mapping[str, str], id: int = 0) -> dict[str, str]:
    """Typed values in order, or Refused."""
    kept = {field: text.clean(value, field, 300).strip() for field, value in values.items()}
    for field in ("name", "email"):
        if field in kept and not kept[field]:
            raise Refused("required", field=field)
    if "email" in kept:
        kept["email"] = kept["email"].lower()
        if store.email_taken(change.connection, kept["email"], id):
            raise Refused("email_taken")
    return kept


def _new_sessions() -> str:
    return secrets.token_hex(32)


# --- changing --------------------------------------------------------------------------------------


@contextmanager
def _about(id: int, now: datetime) -> Iterator[tuple[Change, Row[Any]]]:
    """The desk's log, locked, and the person as they are then. LookupError when there is no such person."""
    with changing(DESK, now) as change:
        person = store.find(change.connection, id)
        if person is None:
            raise LookupError(id)
        yield change, person


def change_details(id: int, values: Mapping[str, str], actor: int | None, now: datetime) -> list[str]:
    """Set OPEN_FIELDS; the names of those that changed."""
    if set(values) - OPEN_FIELDS:
        raise ValueError(f"not to be changed here: {sorted(set(values) - OPEN_FIELDS)}")
    with _about(id, now) as (change, person):
        kept = _checked(change, values, id)
        changed = {field: value for field, value in kept.items() if getattr(person, field) != value}
        if changed:
            store.update(change.connection, id, **changed)
            data = {"person": id, "fields": sorted(changed)}
            change.record([Event(EventKind.PERSON_CHANGED, now, actor, data)])
    return sorted(changed)


def give_access(id: int, access: str, actor: int | None, now: datetime) -> None:
    """Change what a person may do. Refused: unknown_access, last_administrator."""
    if access not in ACCESS:
        raise Refused("unknown_access", access=access)
    with _about(id, now) as (change, person):
        if person.access == access:
            return
        _keep_one_administrator(change, id)
        store.update(change.connection, id, access=access)
        data = {"person": id, "access": access, "previous": person.access}
        change.record([Event(EventKind.ACCESS_CHANGED, now, actor, data)])


def disable(id: int, actor: int | None, now: datetime) -> None:
    """Nobody signs in with this account from now on; its sessions and links are over. Refused: last_administrator."""
    with _about(id, now) as (change, person):
        if not person.active:
            return
        _keep_one_administrator(change, id)
        _shut(change, id, active=False)
        change.record([Event(EventKind.PERSON_DISABLED, now, actor, {"person": id})])


def enable(id: int, actor: int | None, now: datetime) -> None:
    """The account works again, with the password it had."""
    with _about(id, now) as (change, person):
        if person.active:
            return
        store.update(change.connection, id, active=True)
        change.record([Event(EventKind.PERSON_ENABLED, now, actor, {"person": id})])


def erase(id: int, actor: int | None, now: datetime) -> None:
    """Forget who this was: the number stays, so that the log still tells people apart. Refused: last_administrator."""
    with _about(id, now) as (change, _person):
        _keep_one_administrator(change, id)
        seqs = store.entries_about(change.connection, id)
        change.empty_bodies(seqs)
        nobody = {
            "name": f"Erased person {id}",
            "email": f"erased-{id}@invalid",
            "phone": "",
            "zone": "",
            "language": "",
        }
        _shut(change, id, **nobody, **_no_second_step(), active=False, password=None, erased_at=now)
        change.record([Event(EventKind.PERSON_ERASED, now, actor, {"person": id, "entries": seqs})])


def _keep_one_administrator(change: Change, id: int) -> None:
    if store.is_last_administrator(change.connection, id):
        raise Refused("last_administrator")


def _shut(change: Change, id: int, **values: Any) -> None:
    """Set columns, and end every session and link of the person."""
    store.update(change.connection, id, **values, fs_uniquifier=_new_sessions())
    store.void_links(change.connection, PASSWORD_LINKS, id)


# --- passwords and links ---------------------------------------------------------------------------


def set_password(id: int, password_hash: str, actor: int | None, now: datetime) -> str:
    """A new password; every session ends. Returns the new `fs_uniquifier`, for the session that may go on."""
    with _about(id, now) as (change, _person):
        _set_password(change, id, password_hash, actor)
        found = store.find(change.connection, id)
    return str(found.fs_uniquifier) if found else ""


def _set_password(change: Change, id: int, password_hash: str, actor: int | None) -> None:
    _shut(change, id, password=password_hash)
    data = {"person": id, "what": "password"}
    change.record([Event(EventKind.ACCOUNT_SECURED, change.now, actor, data)])


def issue_link(id: int | None, purpose: str, actor: int | None, now: datetime) -> str:
    """The token of a new link; older ones of the person are void. `setup` is nobody's. Refused: disabled."""
    token = secrets.token_urlsafe(32)
    with changing(DESK, now) as change:
        person = store.find(change.connection, id) if id else None
        if id and (person is None or not person.active):
            raise Refused("disabled")
        kinds = PASSWORD_LINKS if id else (purpose,)
        store.void_links(change.connection, kinds, id)
        store.add_link(change.connection, fingerprint(token), purpose, id, now, now + LASTS[purpose])
        change.record([Event(EventKind.LINK_ISSUED, now, actor, {"person": id, "purpose": purpose})])
    return token


def redeem_link(token: str, password_hash: str, now: datetime) -> int:
    """Set a password with a link; the person's id. Refused: link_over."""
    with changing(DESK, now) as change:
        link = store.use_link(change.connection, fingerprint(token), now)
        person = store.find(change.connection, link.account_id) if link and link.account_id else None
        if person is None or not person.active:
            raise Refused("link_over")
        _set_password(change, person.id, password_hash, person.id)
    return int(person.id)


# --- the second step -------------------------------------------------------------------------------


def set_second_step(id: int, totp_secret: str, codes: Sequence[str], actor: int, now: datetime) -> None:
    """Sign in with an authenticator from now on; `codes` are the recovery codes in clear, kept as fingerprints."""
    kept = [fingerprint(code) for code in codes]
    values = {"tf_primary_method": "authenticator", "tf_totp_secret": totp_secret, "mf_recovery_codes": kept}
    _secure(id, "second_step", values, actor, now)


def reset_second_step(id: int, actor: int | None, now: datetime) -> None:
    """No second step any more, until the person sets one up."""
    _secure(id, "second_step_removed", _no_second_step(), actor, now)


def set_recovery_codes(id: int, codes: Sequence[str], actor: int, now: datetime) -> None:
    """New recovery codes in place of the old."""
    _secure(id, "recovery_codes", {"mf_recovery_codes": [fingerprint(code) for code in codes]}, actor, now)


def use_recovery_code(id: int, code: str, now: datetime) -> bool:
    """Use a code up; False when it is not one of the person's, or was used a moment ago."""
    with _about(id, now) as (change, person):
        left = [kept for kept in person.mf_recovery_codes or [] if kept != fingerprint(code)]
        if len(left) == len(person.mf_recovery_codes or []):
            return False
        store.update(change.connection, id, mf_recovery_codes=left)
        data = {"person": id, "what": "recovery_code_used"}
        change.record([Event(EventKind.ACCOUNT_SECURED, now, id, data)])
    return True


def _no_second_step() -> dict[str, Any]:
    return {"tf_primary_method": None, "tf_totp_secret": None, "mf_recovery_codes": []}


def _secure(id: int, what: str, values: Mapping[str, Any], actor: int | None, now: datetime) -> None:
    with _about(id, now) as (change, _person):
        store.update(change.connection, id, **values)
        change.record([Event(EventKind.ACCOUNT_SECURED, now, actor, {"person": id, "what": what})])
