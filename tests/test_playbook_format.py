"""docs/playbook-format.md says what the reader of playbooks does."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from firebreak import config
from firebreak.domain import playbook_head
from firebreak.domain.channels import CHANNELS
from firebreak.domain.playbook_parser import parse
from firebreak.domain.playbook_words import SECTIONS, section_id
from firebreak.domain.playbooks import MOMENTS, ROLES
from firebreak.domain.statements import PLACEHOLDERS

DOCUMENT = (config.HOME / "docs" / "playbook-format.md").read_text(encoding="utf-8")
SCHEMA = config.HOME / "docs" / "playbook.schema.json"
CODE = re.compile(
    r"(?:error|warn|Problem|_Refused|_refusal|warning|return)\b[^#\n]*?\"([a-z]+[0-9]*(?:-[a-z0-9]+)+)\","
)
READERS = [
    *Path(config.HOME, "firebreak", "domain").glob("playbook_*.py"),
    config.HOME / "firebreak/domain/front_matter.py",
]


def test_the_schema_in_docs_is_that_of_the_reader() -> None:
    assert json.loads(SCHEMA.read_text(encoding="utf-8")) == json.loads(json.dumps(playbook_head.schema()))


def test_the_example_is_a_playbook() -> None:
    example = DOCUMENT.split("```markdown\n")[1].split("```")[0]
    playbook = parse(example, "playbooks/en/angry-neighbours.md")
    assert [step.id for step in playbook.steps] == ["stop-delivery", "delivery"] and not playbook.warnings


@pytest.mark.parametrize("row", re.findall(r"(?m)^\| `([a-z0-9-]+)` \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", DOCUMENT))
def test_a_heading_in_the_table_of_sections_is_recognised(row: tuple[str, ...]) -> None:
    assert {section_id(words.strip()) for words in row[1:]} == {row[0]}


@pytest.mark.parametrize(
    "names",
    [
        *(SECTIONS, ROLES, MOMENTS, CHANNELS),
        [f"{{{{ {name} }}}}" for name in PLACEHOLDERS],
        [name for name in playbook_head.FrontMatter.model_fields if name != "legal"],
    ],
)
def test_every_name_that_may_be_written_is_in_the_document(names: list[str]) -> None:
    assert [name for name in names if f"`{name}`" not in DOCUMENT] == []


def test_every_finding_of_the_readers_is_in_the_document() -> None:
    codes = {code for path in READERS for code in CODE.findall(path.read_text(encoding="utf-8"))}
    assert len(codes) > 30 and sorted(code for code in codes if f"`{code}`" not in DOCUMENT) == []
