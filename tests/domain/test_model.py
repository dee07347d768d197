from __future__ import annotations

from math import exp
from struct import pack

import pytest

from firebreak.domain import model
from firebreak.domain.model import BadModel

HEAD = {
    "classes": ["leak", "none"],
    "scale": 1.0,
    "starts": [0.0, 0.5],
    "blend": {"heat": 1.0},
    "simplified": ["廣", "广"],
    "han_words": "广告",
}
FILE = model.written(HEAD, ["memo ", "thanks "], pack("<6h", 3, -1, 2, -1, 3, 1))


def test_what_is_written_is_read_again() -> None:
    read = model.read(FILE)
    assert read.classes == ("leak", "none")
    assert read.known({"memo ": 1, "never seen": 2, "thanks ": 3}) == [(1, (3, -1, 2)), (3, (-1, 3, 1))]
    assert read.simplified == {ord("廣"): "广"} and read.han_words == {"广告"}


def test_beliefs_are_shares_of_one_whole() -> None:
    read = model.read(FILE)
    leak, none = read.beliefs(read.heard([(3, -1, 2)]))
    assert exp(leak) + exp(none) == pytest.approx(1) and leak > none


def test_voices_without_a_row_are_those_that_never_heard_it() -> None:
    read = model.read(FILE)
    both = read.heard([(3, -1, 2), (-1, 3, 1)])
    assert both.without(read.heard([(3, -1, 2)])) == read.heard([(-1, 3, 1)])


def test_nothing_heard_leaves_what_each_class_starts_with() -> None:
    read = model.read(FILE)
    leak, none = read.beliefs(read.heard([]))
    assert none - leak == pytest.approx(0.5)


@pytest.mark.parametrize(
    "data",
    [b"", b"no model", b"{}\n", FILE[:-1], FILE.replace(b'"format":1', b'"format":9')],
    ids=["empty", "text", "no head", "cut off", "another format"],
)
def test_a_file_that_is_no_model_says_how_to_make_one(data: bytes) -> None:
    with pytest.raises(BadModel, match="make model"):
        model.read(data)
