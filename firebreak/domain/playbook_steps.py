"""The checklist of a playbook: task items under a phase, with their attributes, guidance and options."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import timedelta

from firebreak.domain import durations
from firebreak.domain.markdown import Block as Node
from firebreak.domain.markdown import plain
from firebreak.domain.playbook_outline import LISTS, Part, below, inline, line, span, task
from firebreak.domain.playbook_page import Marked, Page, shown
from firebreak.domain.playbooks import LANGUAGES, PHASES, Option, Phase, Step

MOST_CRITICAL = 7
EXAMPLE = "- [ ] Pause every scheduled post {#pause-scheduled role=channel due=10m .critical}"

# **Pull** — what follows from it. The dash may be any, or a colon.
_OPTION = re.compile(r"\*\*([^*]+)\*\*\s*(?:[—–:：-]+\s*)?(.*)", re.DOTALL)


def phases(page: Page, parts: list[Part]) -> list[Phase]:
    """The phases in the order of the file; complains of one that comes twice or of none."""
    found = [Phase(part.id, part.title) for part in parts if part.id in PHASES]
    if not found:
        cure = "Write a heading `## First 15 minutes` with task items below it"
        page.error(1, "no-phase", "no heading names a phase", cure)
    return found


def steps(page: Page, parts: list[Part], roles: Collection[str] | None) -> list[Step]:
    """All steps in the order of the file. `roles` are those the head names; None if they are not known."""
    found = [step for part in parts for step in _of_part(page, part, roles)]
    _check_ids(page, [(step.id, step.line) for step in found], "step")
    _check_critical(page, found)
    if not found:
        page.error(1, "no-steps", "the playbook has no step", f"Write steps below a phase: {EXAMPLE}")
    return found


def is_step(item: Node, part: Part) -> bool:
    """Whether a list item of this part is a step."""
    return part.id in PHASES and task(item) is not None


def _of_part(page: Page, part: Part, roles: Collection[str] | None) -> Iterator[Step]:
    if part.id not in PHASES and not part.may_have_tasks():
        return
    for item in part.items():
        text = task(item)
        if text is None:
            _check_box(page, item, part)
        elif part.id in PHASES:
            yield _step(page, item, page.marked(text, line(item)), part.id or "", roles)
        else:
            cure = "Move it below a phase heading, or drop the box [ ]"
            page.error(line(item), "task-outside-phase", "a task stands outside the phases", cure)
    _check_nested(page, part)


def _check_box(page: Page, item: Node, part: Part) -> None:
    """A list item of a phase with attributes but no box was meant as a step."""
    if part.id in PHASES and page.marked(inline(item), line(item)).attributes:
        page.error(line(item), "missing-box", "an item with attributes has no box", f"Write it as: {EXAMPLE}")


def _check_nested(page: Page, part: Part) -> None:
    top = set(part.items())
    for item in (item for node in part.nodes for item in below(node, "list_item")):
        if task(item) is not None and item not in top:
            cure = "Make it a step of its own, or drop the box [ ]"
            page.error(line(item), "nested-task", "a task stands inside another block", cure)


def _step(page: Page, item: Node, marked: Marked, phase: str, roles: Collection[str] | None) -> Step:
    at, given = line(item), marked.attributes
    classes = given.get("class", "").split()
    page.known(marked, at, {"id", "role", "due", "only"}, {"critical", "decision"})
    lists = [child for child in item.children if child.type in LISTS] if "decision" in classes else []
    return Step(
        id=_id(page, marked, at, "step"),
        title=_title(page, marked.title, at),
        role=_role(page, given.get("role"), at, roles),
        due=_due(page, given.get("due"), at),
        critical="critical" in classes,
        phase=phase,
        guidance=_guidance(page, item, marked, lists),
        decision="decision" in classes,
        options=_options(page, lists, at) if "decision" in classes else (),
        line=at,
        only=_only(page, given.get("only", ""), at),
    )


def _title(page: Page, markdown: str, at: int) -> str:
    title = plain(markdown)
    if not title:
        page.error(at, "missing-title", "the item has no words", "Say what is to be done before the braces")
    return title


def _id(page: Page, marked: Marked, at: int, kind: str) -> str:
    id = marked.attributes.get("id", "")
    if not id:
        cure = (
            f"End its first line with braces that hold an id: {EXAMPLE}" if kind == "step" else "End it with {#its-id}"
        )
        page.error(at, f"{kind}-without-id", f"the {kind} {shown(plain(marked.title))} has no id", cure)
        return ""
    return id if page.is_id(id, at) else ""


def _role(page: Page, role: str | None, at: int, roles: Collection[str] | None) -> str:
    if role is None:
        page.error(at, "missing-role", "the step has no role", "Say whose it is: role=lead")
    elif roles is not None and role not in roles:
        cure = f"Use one of {', '.join(roles)}, or add it to `roles` in the front matter"
        page.error(at, "unknown-role", f"the role {shown(role)} is not among the playbook's roles", cure)
    return role or ""


def _due(page: Page, due: str | None, at: int) -> timedelta:
    if due is None:
        page.error(at, "missing-due", "the step has no due time", "Say when it is due after the opening: due=10m")
        return timedelta(0)
    try:
        return durations.parse(due)
    except ValueError as error:
        page.error(at, "bad-due", str(error), "Write days, hours and minutes in that order: due=1h30m")
        return timedelta(0)


def _only(page: Page, languages: str, at: int) -> tuple[str, ...]:
    given = tuple(languages.replace(",", " ").split())
    for odd in sorted(set(given) - set(LANGUAGES)):
        cure = f'Name languages of the library, {", ".join(LANGUAGES)}: only=fr or only="en fr"'
        page.error(at, "bad-only", f"no playbook has the language {shown(odd)}", cure)
    return given


def _guidance(page: Page, item: Node, marked: Marked, lists: list[Node]) -> str:
    """What stands below the first paragraph, without the options, as Markdown."""
    start = span(item.children[0])[1]
    rest = page.without(start, span(item)[1], [span(node) for node in lists])
    return "\n\n".join(text for text in (marked.rest, rest) if text.strip())


def _options(page: Page, lists: list[Node], at: int) -> tuple[Option, ...]:
    items = [item for node in lists for item in node.children]
    options = tuple(_option(page, item) for item in items)
    if len(options) < 2:
        cure = "List them below it: `  - **Pull** — what follows {#pull}`"
        page.error(at, "too-few-options", f"a decision with {len(options)} options is none", cure)
    _check_ids(page, [(option.id, line(item)) for option, item in zip(options, items, strict=True)], "option")
    return options


def _option(page: Page, item: Node) -> Option:
    at, text = line(item), task(item)
    marked = page.marked(inline(item) if text is None else text, at)
    page.known(marked, at, {"id"}, set())
    bold = _OPTION.fullmatch(marked.title)
    title, first = bold.groups() if bold else (marked.title, "")
    more = [node.content for node in below(item, "inline")][1:]
    consequence = " ".join(plain(part) for part in (first, marked.rest, *more) if part.strip())
    return Option(_id(page, marked, at, "option"), _title(page, title, at).rstrip(" :："), consequence)


def _check_ids(page: Page, ids: list[tuple[str, int]], kind: str) -> None:
    first: dict[str, int] = {}
    for id, at in ids:
        if id and first.setdefault(id, at) != at:
            message = f"the {kind} id {shown(id)} is already used on line {first[id]}"
            page.error(at, "duplicate-id", message, "Give one of the two another id")


def _check_critical(page: Page, found: list[Step]) -> None:
    critical = [step for step in found if step.critical and step.phase == PHASES[0]]
    if len(critical) > MOST_CRITICAL:
        message = f"{len(critical)} steps of the first 15 minutes are critical"
        page.warn(critical[MOST_CRITICAL].line, "many-critical", message, f"Keep at most {MOST_CRITICAL}")
