"""What a script is answered instead of a page: that it was done, and what there is to say about it."""

from __future__ import annotations

from flask import get_flashed_messages, jsonify, request
from flask.typing import ResponseReturnValue


def by_script() -> bool:
    """Whether a script of ours asks (it says so in a header that forms cannot send)."""
    return request.headers.get("X-Requested-With") == "fetch"


def answer() -> ResponseReturnValue:
    """`{"said": "…"}`: the messages that the next page would have shown, in the reader's language; "" for none."""
    return jsonify(said=" ".join(map(str, get_flashed_messages())))
