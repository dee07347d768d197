"""HTML to PDF by WeasyPrint, which reads nothing but our own static files.

Imported by commands and the worker, never by a web process: a page takes up to a second, and the libraries are large.
Every PDF is tagged (PDF/UA-1), so that it can be read aloud, and bookmarked by its headings.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from mimetypes import guess_type
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from firebreak import system
from firebreak.config import HOME

if TYPE_CHECKING:
    from weasyprint.urls import URLFetcher

STATIC = HOME / "static"
BASE = "http://desk.invalid/"
SCREEN_RULES = ("Ignored ", "Invalid media type", "Expected a media type")
Told = Callable[[int], None]
"""Called with the number of a page as soon as it is laid out."""


class PdfUnavailable(RuntimeError):
    """This machine cannot print yet. Its text is one line that names the Debian packages to install."""


def pdf(html: str, base: str = BASE) -> bytes:
    """The pages as PDF. `base` is the address the HTML's own links count from; only its /static/ is read."""
    return written(layout(html, base))


def layout(html: str, base: str = BASE, told: Told | None = None) -> Any:
    """The pages as a WeasyPrint document, for `written` and `lengths`."""
    page = _weasyprint().HTML(string=html, base_url=base, url_fetcher=_fetcher(base))
    with _telling(told):
        return page.render(pdf_variant="pdf/ua-1")


def written(document: Any) -> bytes:
    """A laid out document as the bytes of a PDF."""
    return bytes(document.write_pdf(pdf_variant="pdf/ua-1"))


def lengths(document: Any) -> dict[str, int]:
    """Id of an element -> how many pages it stands on."""
    return dict(Counter(id for page in document.pages for id in page.anchors))


@contextmanager
def _telling(told: Told | None) -> Iterator[None]:
    """WeasyPrint says how far it is in its log alone."""
    if told is None:
        yield
        return
    progress, hearer = logging.getLogger("weasyprint.progress"), _Hearer(told)
    before = progress.level, progress.propagate
    progress.addHandler(hearer)
    progress.setLevel(logging.INFO)
    progress.propagate = False
    try:
        yield
    finally:
        progress.removeHandler(hearer)
        progress.setLevel(before[0])
        progress.propagate = before[1]


class _Hearer(logging.Handler):
    def __init__(self, told: Told) -> None:
        super().__init__(logging.INFO)
        self.told = told

    def emit(self, record: logging.LogRecord) -> None:
        found = re.search(r"- Page (\d+)$", record.getMessage())
        if found:
            self.told(int(found.group(1)))


def _weasyprint() -> Any:
    lacking = system.missing("pdf")
    if lacking:
        raise PdfUnavailable(f"PDF needs more of this machine: apt-get install {' '.join(lacking)}")
    try:
        import weasyprint
    except OSError as error:
        raise PdfUnavailable(f"PDF needs a library that cannot be loaded: {error}") from None
    logging.getLogger("weasyprint").addFilter(_worth_saying)
    return weasyprint


def _worth_saying(record: logging.LogRecord) -> bool:
    """Letters without a font and files not found are; rules of our style sheets that are for screens are not."""
    return not record.getMessage().startswith(SCREEN_RULES)


def _fetcher(base: str) -> URLFetcher:
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnStatic(URLFetcher):  # type: ignore[misc]
        """data: addresses and our static files; nothing from the network, nothing else from the disk, no redirects."""

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            if urlsplit(url).scheme == "data":
                return super().fetch(url, headers)
            file = static_file(url, base)
            kind = guess_type(file.name)[0] or "application/octet-stream"
            return URLFetcherResponse(url, file.read_bytes(), {"Content-Type": kind})

    return OwnStatic(allowed_protocols=("data",), allow_redirects=False)


def static_file(url: str, base: str) -> Path:
    """The static file behind an address of ours. ValueError for any other address."""
    asked, ours = urlsplit(url), urlsplit(base)
    path = unquote(asked.path)
    if (asked.scheme, asked.netloc) != (ours.scheme, ours.netloc) or not path.startswith("/static/"):
        raise ValueError(f"a print may not load {url}")
    found = (STATIC / path.removeprefix("/static/")).resolve()
    if not found.is_relative_to(STATIC.resolve()) or not found.is_file():
        raise ValueError(f"a print may not load {url}")
    return found
