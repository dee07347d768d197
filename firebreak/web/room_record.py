"""What is written into the room: statements, notes with files, decisions, moments; and the files handed out again."""

from __future__ import annotations

from typing import BinaryIO, cast

from flask import abort, flash, request, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from firebreak import files
from firebreak.domain import media, statements
from firebreak.domain.channels import CHANNELS
from firebreak.domain.deciding.record import BUTTON_MOMENTS
from firebreak.domain.events import EventKind
from firebreak.domain.incidents import Incident
from firebreak.web import forms, here, room, room_forms, room_texts, words
from firebreak.web.access import current_person, needs
from firebreak.web.room import blueprint
from firebreak.workflow import incidents, record


@blueprint.post("/statements/<channel>")
@needs("responder")
def post_statement(reference: str, channel: str) -> ResponseReturnValue:
    """Posted there. A text that is too long for the platform is taken as it is, and said so: it has been posted."""
    form = _statement_form(reference, channel)
    who, now = current_person().id, here.now()

    def wish() -> object:
        promise = {"at": form.at.data, "next_update_at": form.promised(now)}
        return record.post_statement(reference, channel, form.text.data, form.url.data or "", who, now, **promise)

    if not forms.attempt(form, wish):
        return room.page(reference, **{f"statement-{channel}": form})
    _say_length(channel, form.text.data)
    return room.back(reference, "statements")


def _statement_form(reference: str, channel: str) -> forms.StatementForm:
    if channel not in CHANNELS:
        abort(404)
    found = room.find(reference)
    draft = room_texts.draft(found.incident, found.playbook, channel, "", found.now)
    return room_forms.statement_form(found, draft, formdata=request.form)


def _say_length(channel: str, text: str) -> None:
    length, limit = statements.count(channel, text), statements.limit(channel)
    place = words.word("channel", channel)
    if limit and length > limit:
        flash(
            _(
                "Recorded. %(place)s counts %(length)d characters, more than the %(limit)d one post holds: look at it.",
                place=place, length=length, limit=limit,
            ),
            "warning",
        )  # fmt: skip
    else:
        flash(_("Recorded as posted on %(place)s.", place=place))


@blueprint.post("/statements")
@needs("responder")
def prepare_statement(reference: str) -> ResponseReturnValue:
    """A text for one more channel: the storm has reached it, or we answer there."""
    channel = request.form.get("channel", "")
    if channel not in CHANNELS:
        abort(404)
    room.find(reference)
    incidents.add_channel(reference, channel, current_person().id, here.now())
    return room.back(reference, f"say-{channel}")


@blueprint.post("/notes")
@needs("responder")
def add_note(reference: str) -> ResponseReturnValue:
    """A note, with or without files."""
    room.find(reference)
    form, who = forms.NoteForm(prefix="note"), current_person().id
    uploads = _uploads()

    def wish() -> object:
        return record.add_note(reference, form.text.data or "", who, here.now(), uploads=uploads, at=form.at.data)

    return room.back(reference, "log") if forms.attempt(form, wish) else room.page(reference, note=form)


def _uploads() -> list[record.Upload]:
    """Name and bytes of each file chosen."""
    sent = request.files.getlist("note-files")
    return [(each.filename, cast(BinaryIO, each.stream)) for each in sent if each.filename]


@blueprint.post("/decisions")
@needs("responder")
def make_decision(reference: str) -> ResponseReturnValue:
    """A decision and its reason."""
    room.find(reference)
    form, who = forms.DecisionForm(prefix="decision"), current_person().id

    def wish() -> object:
        told = (form.question.data, form.options.data or "", form.chosen.data, form.why.data)
        return record.make_decision(reference, *told, who, here.now(), form.at.data)

    return room.back(reference, "log") if forms.attempt(form, wish) else room.page(reference, decision=form)


@blueprint.post("/moments/<moment>")
@needs("responder")
def record_moment(reference: str, moment: str) -> ResponseReturnValue:
    """Withdrew, apologised, contained: now, or at the time given."""
    if moment not in BUTTON_MOMENTS:
        abort(404)
    room.find(reference)
    form, who = forms.MomentForm(prefix="moment"), current_person().id

    def wish() -> object:
        note = form.note.data or ""
        return record.record_moment(reference, moment, who, here.now(), at=form.at.data, note=note)

    return room.back(reference) if forms.attempt(form, wish) else room.page(reference, moment=form)


@blueprint.get("/files/<sha256>")
def download(reference: str, sha256: str) -> ResponseReturnValue:
    """A file that a note of this incident names. Always a download, never opened on our page."""
    found = file_of(room.find(reference).incident, sha256)
    if found is None or not files.path_of(sha256).exists():
        abort(404)
    name, media_type = found
    response = send_file(files.path_of(sha256), mimetype=media_type, as_attachment=True, download_name=name, etag=False)
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def file_of(incident: Incident, sha256: str) -> tuple[str, str] | None:
    """Name (with the extension of its real type) and type of a file an entry still names; None when none does."""
    for fact in incident.facts:
        if fact.event.kind is EventKind.NOTE_ADDED and not fact.erased:
            names = fact.event.data.get("names", ())
            for file, name in zip(fact.event.data["files"], names, strict=False):
                if file["sha256"] == sha256:
                    return safe_name(name, file["type"]), file["type"]
    return None


def safe_name(name: str, media_type: str) -> str:
    """The name without folders and control characters, ending as its type does: a PNG `evil.exe` is evil.exe.png."""
    bare = "".join(letter for letter in name.replace("\\", "/").split("/")[-1] if letter.isprintable())[-120:] or "file"
    extension = media.EXTENSIONS.get(media_type, "bin")
    endings = (f".{extension}", ".jpeg") if extension == "jpg" else (f".{extension}",)
    return bare if bare.lower().endswith(endings) else f"{bare}.{extension}"
