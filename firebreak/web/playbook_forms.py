"""The forms of playbooks: what a new one is about, and the file that is brought in."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, FileField, RadioField, SelectField, StringField, validators

from firebreak import library
from firebreak.domain.playbook_page import is_name
from firebreak.domain.playbooks import LANGUAGES, LARGEST
from firebreak.web import locale, words
from firebreak.web.forms import PageForm

LONGEST_TITLE = 200


class NewForm(PageForm):
    """A scenario that a language lacks, or one of the desk's own by its name."""

    language = RadioField(_l("Language"), choices=lambda: words.choices("language"))
    scenario = SelectField(_l("Scenario"), choices=lambda: [("", _("One of our own")), *_lacking()])
    own = StringField(_l("Name of our own"), description=_l("Small letters, digits and hyphens, like night-porter."))
    title = StringField(_l("Title"), description=_l("As people will look for it, in the language chosen."))

    @property
    def slug(self) -> str:
        """The scenario's name."""
        return self.scenario.data or (self.own.data or "").strip().lower()

    def validate_own(self, field: Field) -> None:
        """It names the file, so it is as narrow as the format has it."""
        if self.scenario.data and (field.data or "").strip():
            raise validators.ValidationError(_("Choose a scenario from the list or write a name, not both."))
        if not is_name(self.slug):
            raise validators.ValidationError(_("Write small letters, digits and hyphens, like night-porter."))

    def validate_title(self, field: Field) -> None:
        """A heading is read at a glance."""
        if not (field.data or "").strip():
            raise validators.ValidationError(_("Write a title."))
        if len(field.data) > LONGEST_TITLE:
            raise validators.ValidationError(_("Write a shorter title."))


def _lacking() -> list[tuple[str, str]]:
    """The scenarios that are not written in every language, with the languages they lack."""
    best = {each.scenario: each.title for each in library.playbooks(locale.language())}
    lacking = {name: [code for code in LANGUAGES if code not in have] for name, have in library.languages().items()}
    return sorted((name, _line(best[name], codes)) for name, codes in lacking.items() if codes)


def _line(title: str, codes: list[str]) -> str:
    names = _(", ").join(words.word("language", code) for code in codes)
    return _("%(title)s (not in %(languages)s)", title=title, languages=names)


class ImportForm(PageForm):
    """One file of Markdown. `content` is its bytes, once it was found in order."""

    file = FileField(_l("File"), description=_l("One playbook, a text file whose name ends in .md."))
    content: bytes = b""

    def validate_file(self, field: Field) -> None:
        """The name is never used; one that leads elsewhere is a sign that something is wrong."""
        name = getattr(field.data, "filename", "") or ""
        if not name:
            raise validators.ValidationError(_("Choose a file."))
        if "/" in name or "\\" in name or ".." in name:
            raise validators.ValidationError(_("The file's name holds a path. Rename it, like angry-backlash.md."))
        if not name.lower().endswith(".md"):
            raise validators.ValidationError(_("The file's name does not end in .md. Choose a playbook in Markdown."))
        with field.data.stream as stream:
            self.content = stream.read(LARGEST + 1)
        self._check_content()

    def _check_content(self) -> None:
        if len(self.content) > LARGEST:
            message = _("The file is over %(size)d kB: it is no playbook, and was not read.", size=LARGEST // 1000)
            raise validators.ValidationError(message)
        try:
            self.content.decode("utf-8")
        except UnicodeDecodeError as wrong:
            line = self.content.count(b"\n", 0, wrong.start) + 1
            raise validators.ValidationError(
                _("Line %(line)d is not UTF-8. Save the file as UTF-8 and choose it again.", line=line)
            ) from None
