"""The laws of the house, read from the source: who may import whom, and what every part promises."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment

from firebreak.config import Config
from firebreak.domain.events import DESK_KINDS, SHAPES, EventKind
from firebreak.web import refusals

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "firebreak"
TEMPLATES = ROOT / "templates"
MODULES = sorted(PACKAGE.rglob("*.py"))
PAGES = sorted(TEMPLATES.rglob("*.html"))
LONGEST = 300

# The plan's table. What is not named here (commands, cli, the package itself) may import everything.
MAY_IMPORT = {
    "domain": {"domain"},
    "signals": {"domain"},
    "config": set(),
    "system": set(),
    "store": {"domain", "signals", "store"},
    "playbook_files": {"config", "domain"},
    "library": {"config", "domain", "playbook_files", "store"},
    "playbook_check": {"domain", "playbook_files"},
    "playbook_writing": {"config", "domain", "library", "playbook_check", "playbook_files"},
    "files": {"domain", "store"},
    "trained": {"config", "domain"},
    "workflow": {"domain", "files", "library", "store", "workflow"},
    "live": {"domain", "signals", "store"},
    "parting": set(),
    "notify": {"config", "domain", "notify", "signals", "store"},
    "printing": {"config", "domain", "store", "system"},
    "maintenance": {"config", "domain", "store"},
    "backup": {"files", "maintenance", "store"},
    "pack": {"domain"},
    "prints": set(),
    "printjobs": {"printing", "prints", "store"},
    "csvs": {"store"},
    "export": {"config", "csvs", "domain", "files", "library", "store"},
    "web": {
        *("config", "domain", "files", "library", "notify", "signals", "store", "web", "workflow"),
        *("csvs", "export", "live", "pack", "playbook_writing", "prints", "system", "trained"),
    },
    "api": {"api", "domain", "library", "store", "trained", "web", "workflow"},
    "serve": set[str](),
}
# SQL lives in the store. Besides it: a URL is checked, two tools of the store look at every table, a migration runs,
# and some catch the errors of a database that is away.
KNOW_SQLALCHEMY = {"config", "maintenance", "backup"}
CATCH_ITS_ERRORS = {"api", "library", "web", "commands", "cli", "workflow"}
PURE = {"markdown_it", "mdit_py_plugins", "nh3", "pydantic", "pydantic_core", "yaml", "holidays", "babel", "tzdata"}


def part(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def typing_only(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)


def statements(body: list[ast.stmt], deep: bool) -> Iterator[ast.stmt]:
    """The statements of a module; those inside functions too when `deep`. What only type checkers read is left out."""
    for node in body:
        if typing_only(node):
            continue
        yield node
        if deep or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            children = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]
            yield from statements(children, deep)


def imports(path: Path, deep: bool = True) -> set[str]:
    """Dotted names of what a module imports; `from a import b` gives a and a.b."""
    found: set[str] = set()
    for node in statements(tree(path).body, deep):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def parts_imported(path: Path) -> set[str]:
    return {
        name.split(".")[1] for name in imports(path) if name.startswith("firebreak.") and is_part(name.split(".")[1])
    }


def is_part(word: str) -> bool:
    return (PACKAGE / word).is_dir() or (PACKAGE / f"{word}.py").exists()


def outside(path: Path) -> set[str]:
    return {name.split(".")[0] for name in imports(path)} - {"firebreak"} - set(sys.stdlib_module_names)


def short(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# --- imports ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("home", sorted(MAY_IMPORT))
def test_each_part_imports_only_what_the_plan_lets_it(home: str) -> None:
    odd = {short(path): parts_imported(path) - MAY_IMPORT[home] for path in MODULES if part(path) == home}
    assert {path: names for path, names in odd.items() if names} == {}


def test_the_domain_uses_pure_libraries_only() -> None:
    odd = {short(path): outside(path) - PURE for path in MODULES if part(path) == "domain"}
    assert {path: names for path, names in odd.items() if names} == {}


def test_only_the_store_knows_sql() -> None:
    strangers = [path for path in MODULES if part(path) not in {"store"} | KNOW_SQLALCHEMY]
    odd = {short(path): {name for name in imports(path) if name.split(".")[0] == "sqlalchemy"} for path in strangers}
    allowed = {"sqlalchemy", "sqlalchemy.exc", "sqlalchemy.Row"}
    beyond = {
        path: {n for n in names if n not in allowed and not n.startswith("sqlalchemy.exc.")}
        for path, names in odd.items()
    }
    assert {path: names for path, names in beyond.items() if names} == {}
    assert {Path(path).parts[1].removesuffix(".py") for path, names in odd.items() if names} <= CATCH_ITS_ERRORS


def test_pages_never_touch_the_database_themselves() -> None:
    """The two that set Flask-Security and its datastore up hand `db` on, and do nothing else with it."""
    users = {short(path) for path in MODULES if part(path) == "web" and "firebreak.store.db" in imports(path)}
    assert users <= {"firebreak/web/security.py"}


def test_sql_text_is_written_in_the_store_alone() -> None:
    sql = re.compile(r"(?i)\b(select .+ from|insert into|update \w+ set|delete from)\b")
    strangers = [path for path in MODULES if part(path) not in {"store", "maintenance", "backup"}]
    found = [
        f"{short(path)}:{node.lineno}"
        for path in strangers
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and sql.search(node.value)
    ]
    assert found == []


def test_modules_do_not_import_each_other_in_a_circle() -> None:
    known = {name(path) for path in MODULES}
    graph = {name(path): (imports(path, deep=False) & known) - {name(path)} - parents(name(path)) for path in MODULES}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def parents(module: str) -> set[str]:
    """Packages above a module: `from firebreak.store import db` inside the store is its package, not a circle."""
    parts = module.split(".")
    return {".".join(parts[:count]) for count in range(1, len(parts))}


def test_a_web_process_loads_neither_weasyprint_nor_scikit_learn(tmp_path: Path) -> None:
    code = "import sys; from firebreak import create_app; create_app(); print(*sys.modules)"
    env = {"FIREBREAK_INSTANCE": str(tmp_path), "PATH": ""}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    loaded = {module.split(".")[0] for module in done.stdout.split()}
    assert loaded & {"weasyprint", "sklearn", "pytest", "playwright"} == set()


LATER = {
    *("markdown_it", "mdit_py_plugins", "nh3", "yaml", "holidays", "qrcode"),
    *("smtplib", "standardwebhooks", "alembic", "flask_migrate"),
}
FIRST_PAGE = """
import sys
from firebreak import create_app, maintenance
app = create_app()
with app.app_context():
    maintenance.migrate()
assert app.test_client().get("/sign-in").status_code == 200
print(*sys.modules)
"""


def test_the_first_page_waits_for_nothing_that_only_other_pages_need(tmp_path: Path) -> None:
    env = {"FIREBREAK_INSTANCE": str(tmp_path), "PATH": ""}
    for _start in ("which migrates", "the usual one"):
        done = subprocess.run(
            [sys.executable, "-c", FIRST_PAGE], cwd=ROOT, env=env, capture_output=True, text=True, check=True
        )
    assert {module.split(".")[0] for module in done.stdout.split()} & LATER == set()


# --- the domain ------------------------------------------------------------------------------------

CLOCKS = {
    *("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.monotonic"),
    *("time.time_ns", "time.perf_counter", "time.localtime", "time.gmtime", "monotonic", "perf_counter", "time_ns"),
}


@pytest.mark.parametrize("home", ["domain", "workflow"])
def test_nobody_reads_the_time_where_now_is_an_argument(home: str) -> None:
    calls = [
        f"{short(path)}:{node.lineno}"
        for path in MODULES
        if part(path) == home
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ".".join(ast.unparse(node.func).split(".")[-2:]) in CLOCKS
    ]
    assert calls == []


def test_the_domain_opens_no_file_and_no_connection() -> None:
    odd = {
        short(path): imports(path) & {"os", "pathlib", "socket", "subprocess", "sqlite3", "urllib.request"}
        for path in MODULES
        if part(path) == "domain"
    }
    assert {path: names for path, names in odd.items() if names} == {}


def fold_cases() -> set[str]:
    fold = next(
        node
        for node in ast.walk(tree(PACKAGE / "domain" / "folding.py"))
        if isinstance(node, ast.FunctionDef) and node.name == "_fold"
    )
    match = next(node for node in ast.walk(fold) if isinstance(node, ast.Match))
    values = [node for case in match.cases for node in ast.walk(case.pattern) if isinstance(node, ast.MatchValue)]
    return {ast.unparse(node.value).removeprefix("K.") for node in values}


def test_every_kind_of_an_incident_has_a_fold_case() -> None:
    assert fold_cases() == {kind.name for kind in set(EventKind) - DESK_KINDS}


def test_every_kind_has_a_shape() -> None:
    assert set(SHAPES) == set(EventKind)


def raised_codes() -> set[str]:
    """The code of every `Refused(...)` in domain, workflow and files."""
    calls = (
        node
        for path in MODULES
        if part(path) in {"domain", "workflow", "files", "store", "library", "playbook_writing"}
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "Refused"
    )
    return {ast.literal_eval(call.args[0]) for call in calls}


def test_every_refusal_has_words() -> None:
    assert raised_codes() - set(refusals.SENTENCES) == set()


# --- templates -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(set(EventKind) - DESK_KINDS))
def test_every_kind_of_an_incident_has_a_template(kind: EventKind) -> None:
    assert (TEMPLATES / "entries" / f"{kind.replace(':', '_')}.html").is_file()


@pytest.fixture(scope="module")
def jinja(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    from firebreak import create_app

    app: Flask = create_app({"TESTING": True}, instance=tmp_path_factory.mktemp("desk"), database_url="")
    return app.jinja_env


def test_every_template_parses(jinja: Environment) -> None:
    for path in [*PAGES, *TEMPLATES.rglob("*.txt")]:
        jinja.get_template(path.relative_to(TEMPLATES).as_posix())


class Inline(HTMLParser):
    """Finds what a strict content-security policy would stop."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        handlers = [name for name in names if name.startswith("on") or name == "style"]
        links = [
            name
            for name in ("href", "src", "action")
            if (names.get(name) or "").lower().startswith(("javascript:", "data:"))
        ]
        inline = [tag] if tag == "style" or (tag == "script" and "src" not in names) else []
        self.found += [f"line {self.getpos()[0]}: {what}" for what in (*handlers, *links, *inline)]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(TEMPLATES).as_posix())
def test_no_template_has_inline_script_or_style(path: Path) -> None:
    parser = Inline()
    parser.feed(
        re.sub(
            r"{%.*?%}|{{.*?}}|{#.*?#}",
            lambda found: "\n" * found.group().count("\n"),
            path.read_text("utf-8"),
            flags=re.DOTALL,
        )
    )
    assert parser.found == []


def test_no_template_switches_escaping_off() -> None:
    """`safe` is for HTML that was made by our own Markdown, which says so beside it."""
    off = [short(path) for path in PAGES if re.search(r"autoescape\s+false", path.read_text("utf-8"))]
    assert off == []


# --- the rest --------------------------------------------------------------------------------------


@pytest.mark.parametrize("setting", sorted(str(field.alias) for field in Config.model_fields.values()))
def test_every_setting_is_documented(setting: str) -> None:
    assert f"`{setting}`" in (ROOT / "docs" / "operations.md").read_text("utf-8")


def test_modules_are_short() -> None:
    long = {short(path): count for path in MODULES if (count := len(path.read_text("utf-8").splitlines())) > LONGEST}
    assert long == {}


def test_every_module_says_what_it_is() -> None:
    assert [short(path) for path in MODULES if not ast.get_docstring(tree(path))] == []
