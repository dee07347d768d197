"""What a file is, told from its first bytes and never from its name."""

from __future__ import annotations

from firebreak.domain.refusal import Refused

SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftypheic", "image/heic"),
    (4, b"ftypmif1", "image/heic"),
    (4, b"ftypqt", "video/quicktime"),
    (4, b"ftyp", "video/mp4"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"%PDF-", "application/pdf"),
)
EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/heic": "heic",
    "video/quicktime": "mov",
    "video/mp4": "mp4",
    "video/webm": "webm",
    "application/pdf": "pdf",
    "text/plain": "txt",
}


def media_type(head: bytes) -> str:
    """The type of a file that starts so (4 KiB will do). Refuses all but pictures, films, PDF and plain text."""
    for offset, signature, found in SIGNATURES:
        if head[offset : offset + len(signature)] == signature:
            return found
    if _is_text(head):
        return "text/plain"
    raise Refused("file_type", field="files", types=sorted(set(EXTENSIONS.values())))


def _is_text(head: bytes) -> bool:
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.reason != "unexpected end of data":
            return False
        text = head[: error.start].decode("utf-8")
    return not any(ord(letter) < 32 and letter not in "\t\r\n\f" for letter in text)
