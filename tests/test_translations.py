"""The catalogues against the texts of code and templates: nothing missing, nothing guessed, no placeholder lost."""

from __future__ import annotations

import re
import subprocess
import sys
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
COMPLETE = ("fr", "zh_Hans_CN")
FILES = sorted(ROOT.glob("translations/*/LC_MESSAGES/messages.po"))
CATALOGUES = pytest.mark.parametrize("path", FILES, ids=lambda path: path.parts[-3])
# As in `make messages`.
EXTRACT = ["-q", "extract", "-F", "pyproject.toml", "-k", "_l", "-k", "lazy_gettext"]
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w*\}")


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3] if path.suffix == ".po" else None)


def parts(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    """A text, or each of its plural forms."""
    return (text,) if isinstance(text, str) else tuple(text or ())


def texts(catalogue: Catalog) -> list[Message]:
    """The messages without the header."""
    return [message for message in catalogue if message.id]


def translated(message: Message) -> bool:
    return bool(message.string) and all(parts(message.string))


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What the code and the templates say now."""
    found = tmp_path_factory.mktemp("messages") / "messages.pot"
    pybabel = [sys.executable, "-m", "babel.messages.frontend", *EXTRACT, "-o", str(found), "."]
    subprocess.run(pybabel, cwd=ROOT, check=True, timeout=120)
    return read(found)


def said(spoken: GNUTranslations, message: Message) -> str:
    """What a page shows for a message, of one thing where it has a plural."""
    if message.pluralizable:
        return spoken.ngettext(*message.id, 1)
    return spoken.pgettext(message.context, message.id) if message.context else spoken.gettext(message.id)


@CATALOGUES
def test_every_catalogue_compiles_and_speaks(path: Path) -> None:
    compiled = BytesIO()
    catalogue = read(path)
    write_mo(compiled, catalogue)
    compiled.seek(0)
    spoken = GNUTranslations(compiled)
    done = [message for message in texts(catalogue) if translated(message)]
    assert done and not [m.id for m in done if said(spoken, m) != parts(m.string)[0]]


@CATALOGUES
def test_no_translation_breaks_the_rules_of_gettext(path: Path) -> None:
    catalogue = read(path)
    assert not [(message.id, errors) for message, errors in catalogue.check() if errors]
    assert all(len(parts(m.string)) == catalogue.num_plurals for m in texts(catalogue) if m.pluralizable)


@pytest.mark.parametrize("language", COMPLETE)
def test_a_complete_language_has_every_text(language: str, source: Catalog) -> None:
    catalogue = read(ROOT / "translations" / language / "LC_MESSAGES" / "messages.po")
    done = {(m.context, m.id) for m in texts(catalogue) if translated(m)}
    assert not [m.id for m in texts(source) if (m.context, m.id) not in done]


@CATALOGUES
def test_no_translation_is_a_guess(path: Path) -> None:
    catalogue = read(path)
    assert not catalogue.fuzzy and not [message.id for message in catalogue if message.fuzzy]


@CATALOGUES
def test_every_translation_keeps_the_placeholders(path: Path) -> None:
    assert not [m.id for m in texts(read(path)) if translated(m) and not keeps_placeholders(m)]


def keeps_placeholders(message: Message) -> bool:
    """A form for one thing may leave out its number, and no form may have a placeholder that is never filled."""
    asked = [set(PLACEHOLDER.findall(part)) for part in parts(message.id)]
    given = [set(PLACEHOLDER.findall(part)) for part in parts(message.string)]
    return given[-1] == asked[-1] and all(form <= asked[-1] for form in given)
