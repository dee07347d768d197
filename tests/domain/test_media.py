from __future__ import annotations

import pytest

from firebreak.domain.media import EXTENSIONS, SIGNATURES, media_type
from firebreak.domain.refusal import Refused

HEADS = [
    (b"\x89PNG\r\n\x1a\n\0\0", "image/png"),
    (b"\xff\xd8\xff\xe0\0\x10JFIF", "image/jpeg"),
    (b"GIF89a\x01\0", "image/gif"),
    (b"RIFF\x24\0\0\0WEBPVP8 ", "image/webp"),
    (b"\0\0\0\x18ftypheic\0", "image/heic"),
    (b"\0\0\0\x18ftypmp42\0", "video/mp4"),
    (b"\0\0\0\x14ftypqt  \0", "video/quicktime"),
    (b"\x1aE\xdf\xa3\x01\0", "video/webm"),
    (b"%PDF-1.7\n%\xe2", "application/pdf"),
    ("Capture d'écran\r\n".encode(), "text/plain"),
    (b"<html><script>alert(1)</script>", "text/plain"),
    (b"<svg onload=alert(1)>", "text/plain"),
]


@pytest.mark.parametrize(("head", "found"), HEADS)
def test_a_type_is_told_from_the_first_bytes(head: bytes, found: str) -> None:
    assert media_type(head) == found


@pytest.mark.parametrize("head", [b"MZ\x90\0", b"PK\x03\x04", b"\x7fELF\x02", b"\0" * 20, b"caf\xe9 au lait, encore"])
def test_programs_archives_and_unknown_bytes_are_refused(head: bytes) -> None:
    with pytest.raises(Refused, match="file_type"):
        media_type(head)


def test_a_text_cut_inside_a_letter_is_still_text() -> None:
    assert media_type(("é" * 2048).encode()[:4095]) == "text/plain"


def test_every_type_has_an_extension() -> None:
    assert {found for _, _, found in SIGNATURES} < set(EXTENSIONS)
