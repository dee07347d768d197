"""HTML to PDF by WeasyPrint, which reads nothing but our own static files.

Imported by commands and the worker, never by a web process: a page takes up to a second, and the libraries are large.
"""

from __future__ import annotations

from mimetypes import guess_type
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from firebreak import system
from firebreak.config import HOME

if TYPE_CHECKING:
    from weasyprint.urls import URLFetcher

STATIC = HOME / "static"


class PdfUnavailable(RuntimeError):
    """This machine cannot print yet. Its text is one line that names the Debian packages to install."""


def pdf(html: str, base: str = "http://desk.invalid/") -> bytes:
    """The pages as PDF. `base` is the address the HTML's own links count from; only its /static/ is read."""
    weasyprint = _weasyprint()
    page = weasyprint.HTML(string=html, base_url=base, url_fetcher=_fetcher(base))
    return bytes(page.write_pdf())


def _weasyprint() -> Any:
    lacking = system.missing("pdf")
    if lacking:
        raise PdfUnavailable(f"PDF needs more of this machine: apt-get install {' '.join(lacking)}")
    try:
        import weasyprint
    except OSError as error:
        raise PdfUnavailable(f"PDF needs a library that cannot be loaded: {error}") from None
    return weasyprint


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
