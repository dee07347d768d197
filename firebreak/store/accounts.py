"""People and what they may do. Flask-Security fills the columns of signing in; the rest is ours."""

from __future__ import annotations

from typing import Any, ClassVar

from flask_security import AsaList, UserMixin
from sqlalchemy import Text
from sqlalchemy.ext.mutable import MutableList
from sqlalchemy.orm import Mapped, mapped_column

from firebreak.store import Base
from firebreak.store.types import id_key, optional_text, optional_utc, text, utc

ACCESS = ("observer", "responder", "approver", "administrator")


class Role(Base):
    """Demanded by Flask-Security's datastore and left empty: access is a word on the account."""

    __tablename__ = "role"
    id: Mapped[id_key]
    name: Mapped[str] = mapped_column(Text, unique=True)


class Account(Base, UserMixin):
    """A person who can sign in. Erased people keep their number and nothing else."""

    __tablename__ = "account"
    id: Mapped[id_key]
    email: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[text]
    phone: Mapped[text] = mapped_column(Text, default="")
    zone: Mapped[text] = mapped_column(Text, default="")
    language: Mapped[text] = mapped_column(Text, default="")
    clock: Mapped[text] = mapped_column(Text, default="24h")
    access: Mapped[text]
    created_at: Mapped[utc]
    erased_at: Mapped[optional_utc]
    active: Mapped[bool]
    password: Mapped[optional_text]
    fs_uniquifier: Mapped[str] = mapped_column(Text, unique=True)
    tf_primary_method: Mapped[optional_text]
    tf_totp_secret: Mapped[optional_text]
    mf_recovery_codes: Mapped[Any] = mapped_column(MutableList.as_mutable(AsaList()), nullable=True)
    roles: ClassVar[list[Any]] = []  # type: ignore[misc]  # none: see `access`

    def may(self, access: str) -> bool:
        """Whether this account has at least this access."""
        return self.active and ACCESS.index(self.access) >= ACCESS.index(access)
