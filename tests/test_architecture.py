"""The house rules, read from the source text: who may import whom, and what lives where.

    doors    cli   flows   web   library         who asks
    steps    pull, embed, index, search ...      what happens, in what order
    hands    sources store encoder vector_index analysis present
    words    records conditions notes terms claims topics trends errors text identifiers quantities
             settings (values, layers, toml_file)

Imports point down only, and hands never import each other. Each rule is a function from one
module's syntax tree to sentences about what breaks it; the tests at the end plant a violation of
each and see that it is found.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

TIERS = {
    **dict.fromkeys(("records", "claims", "conditions", "notes", "terms", "topics", "trends"), 0),
    **dict.fromkeys(("errors", "text"), 0),
    **dict.fromkeys(("identifiers", "quantities"), 0),
    **dict.fromkeys(("settings", "setting_layers", "setting_values", "toml_file"), 0),
    **dict.fromkeys(("sources", "store", "encoder", "vector_index", "analysis", "present"), 1),
    "steps": 2,
    **dict.fromkeys(("cli", "flows", "web", "library", "__init__"), 3),
    "__main__": 4,  # python -m littrack: it only opens the door cli
}
WORDS, HANDS, STEPS, DOORS = range(4)

# Where each library may be imported; "" is anywhere. A new library needs a line, hence a home.
HOMES: dict[str, tuple[str, ...]] = {
    "numpy": ("",),
    "arxiv": ("sources",),
    "requests": ("sources",),
    "urllib3": ("sources",),
    "lxml": ("sources",),
    **dict.fromkeys(("bibtexparser", "pylatexenc", "rispy"), ("sources",)),
    **dict.fromkeys(("charset_normalizer", "docx", "markdown_it", "pypdf", "yaml"), ("sources",)),
    "filelock": ("sources", "store"),
    "sqlalchemy": ("store", "migrations"),
    "alembic": ("store", "migrations"),
    "psycopg": ("store",),
    "sentence_transformers": ("encoder",),
    "transformers": ("encoder",),
    "torch": ("encoder",),
    "model2vec": ("encoder",),
    "tokenizers": ("encoder",),
    "safetensors": ("encoder",),
    "huggingface_hub": ("encoder",),
    "faiss": ("vector_index",),
    "sklearn": ("analysis",),
    "scipy": ("analysis",),
    "igraph": ("analysis",),
    "threadpoolctl": ("analysis",),
    "networkx": ("analysis",),
    "altair": ("present",),
    "vl_convert": ("present",),
    "fontTools": ("present",),
    "matplotlib": ("present",),
    "typer": ("cli",),
    "click": ("cli",),
    "rich": ("cli",),
    "prefect": ("flows",),
    **dict.fromkeys(("dask", "distributed", "prefect_dask"), ("flows",)),
    "fastapi": ("web",),
    "starlette": ("web",),
    "uvicorn": ("web", "cli"),
    "jinja2": ("web",),
    "opencc": ("text",),
    "Stemmer": ("text",),
    "platformdirs": ("settings",),
}
# Slow to import (tenths of a second to several seconds): only within the function that needs it.
INSIDE_FUNCTIONS = {"sentence_transformers", "transformers", "torch", "model2vec", "tokenizers"}
# What the command line must not have loaded before it knows which command is meant.
NOT_AT_START = INSIDE_FUNCTIONS | {"prefect", "fastapi", "matplotlib", "faiss", "sklearn", "scipy"}

BANNED_NAMES = {"utils", "util", "helpers", "helper", "manager", "base", "common", "misc"}
LONGEST_FUNCTION = 60
FOREIGN_DATABASES = {"sources/notes/zotero_database.py"}  # read another program's, never ours
LONG_FUNCTIONS: set[str] = set()  # "store/papers.py: save_papers": none so far, keep it so
SQL = re.compile(
    r"\s*(SELECT\s.+\sFROM\s|INSERT (OR \w+ )?INTO\s|UPDATE\s+\w+\s+SET\s|DELETE FROM\s"
    r"|(CREATE|DROP|ALTER) (VIRTUAL |UNIQUE )*(TABLE|INDEX|TRIGGER)\s|PRAGMA\s)",
    re.DOTALL,
)


@dataclass(frozen=True)
class Import:
    """One imported name: "littrack.store.papers", "numpy" ..."""

    target: str
    line: int
    when: str  # "start", "call" (within a function) or "typing" (never at run time)


@dataclass(frozen=True)
class Module:
    """A source file. ``path`` counts from src/littrack, or is flows/... or migrations/..."""

    path: str
    source: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.source)

    @property
    def part(self) -> str:
        """The noun of the tree it belongs to: "store", "records", "migrations" ..."""
        return self.path.split("/")[0].removesuffix(".py")

    @property
    def tier(self) -> int | None:
        return TIERS.get(self.part)

    @property
    def name(self) -> str:
        dotted = self.path.removesuffix(".py").replace("/", ".")
        return f"littrack.{dotted}".removesuffix(".__init__")

    @property
    def is_migration(self) -> bool:
        return self.part == "migrations"

    @cached_property
    def imports(self) -> tuple[Import, ...]:
        return tuple(self._imports(self.tree, "start"))

    def _imports(self, node: ast.AST, when: str) -> Iterator[Import]:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.Import):
                yield from (Import(name.name, child.lineno, when) for name in child.names)
            elif isinstance(child, ast.ImportFrom):
                origin = self._absolute(child)
                for name in child.names:
                    whole = origin == "littrack" or origin.startswith("littrack.")
                    target = f"{origin}.{name.name}" if whole else origin
                    yield Import(target, child.lineno, when)
            elif isinstance(child, ast.Call) and _called(child) in ("import_module", "__import__"):
                if child.args and isinstance(child.args[0], ast.Constant):
                    yield Import(str(child.args[0].value), child.lineno, when)
                yield from self._imports(child, when)
            elif isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
                yield from self._imports(ast.Module(child.body, []), "typing")
                yield from self._imports(ast.Module(child.orelse, []), when)
            elif isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                yield from self._imports(child, "call" if when == "start" else when)
            else:
                yield from self._imports(child, when)

    def _absolute(self, node: ast.ImportFrom) -> str:
        if not node.level:
            return node.module or ""
        package = self.name.split(".") if self.path.endswith("__init__.py") else None
        parts = package or self.name.split(".")[:-1]
        parts = parts[: len(parts) - node.level + 1]
        return ".".join([*parts, *([node.module] if node.module else [])])


def _called(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _part(target: str) -> str | None:
    """The noun that an import of ours points to; None for a library."""
    names = target.split(".")
    if names[0] == "flows":
        return "flows"
    if names[0] != "littrack":
        return None
    return names[1] if len(names) > 1 and names[1] in TIERS else "__init__"


# --- the rules ------------------------------------------------------------------------------------


def points_up(module: Module) -> Iterator[str]:
    """Imports point down; hands do not know each other; doors meet only within functions."""
    if module.is_migration:
        return
    if module.tier is None:
        yield f"{module.part} stands in no tier: give it one in TIERS"
        return
    for item in module.imports:
        part = _part(item.target)
        if part is None or part == module.part:
            continue
        if part == "__init__" and item.target in ("littrack", "littrack.__version__"):
            continue
        tier = TIERS[part]
        if tier > module.tier:
            yield f"line {item.line}: {module.part} imports {item.target}, which is above it"
        elif tier == module.tier == HANDS:
            yield f"line {item.line}: the hand {module.part} imports the hand {part}"
        elif tier == module.tier == DOORS and item.when == "start" and part != "library":
            yield f"line {item.line}: the door {module.part} imports the door {part} at start"


def strays(module: Module) -> Iterator[str]:
    """Every library is imported in its home only, and the slow ones within functions.

    Steps and doors hand on what a hand gave them (a connection, say), so they may name its type:
    under TYPE_CHECKING, where nothing is loaded and nothing can be called.
    """
    names_types = module.tier in (STEPS, DOORS)
    for item in module.imports:
        if names_types and item.when == "typing":
            continue
        library = item.target.split(".")[0]
        if library in sys.stdlib_module_names or _part(item.target) is not None:
            continue
        homes = HOMES.get(library)
        if homes is None:
            yield f"line {item.line}: {library} has no home: give it one in HOMES"
        elif "" not in homes and module.part not in homes:
            yield f"line {item.line}: {library} is imported in {module.part}, not {homes}"
        elif library in INSIDE_FUNCTIONS and item.when == "start":
            yield f"line {item.line}: {library} is slow: import it within a function"
        elif module.part == "cli" and library in NOT_AT_START:
            yield f"line {item.line}: cli reaches {library} through steps only"


def reads_the_environment(module: Module) -> Iterator[str]:
    """os.environ and its kin belong to settings.py; what Prefect reads is set in one file."""
    names = {"environ", "environb", "getenv", "getenvb", "putenv"}
    if module.part == "settings" or module.path == "flows/prefect_environment.py":
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Attribute) and node.attr in names:
            if isinstance(node.value, ast.Name) and node.value.id == "os":
                yield f"line {node.lineno}: os.{node.attr} outside settings.py"
        elif isinstance(node, ast.ImportFrom) and node.module == "os":
            found = names & {name.name for name in node.names}
            yield from (f"line {node.lineno}: os.{name} outside settings.py" for name in found)


def hides_code_in_init(module: Module) -> Iterator[str]:
    """An __init__.py holds a docstring, imports, names, and at most a lazy __getattr__."""
    if not module.path.endswith("__init__.py"):
        return
    if ast.get_docstring(module.tree) is None:
        yield "has no docstring"
    for node in module.tree.body[1:]:
        simple = isinstance(node, (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.If))
        lazy = isinstance(node, ast.FunctionDef) and node.name in ("__getattr__", "__dir__")
        if not simple and not lazy:
            yield f"line {node.lineno}: more than a docstring and names"
    if len(module.source.splitlines()) > LONGEST_FUNCTION:
        yield f"is longer than {LONGEST_FUNCTION} lines"


def says_nothing(module: Module) -> Iterator[str]:
    """No module is called utils, helpers, base ...: such a name says nothing."""
    for name in module.path.removesuffix(".py").split("/"):
        if name.strip("_") in BANNED_NAMES:
            yield f"the name {name} says nothing about what is in it"


def is_long(module: Module) -> Iterator[str]:
    """Functions have at most 60 lines, docstring not counted; one that is a table is exempt."""
    if module.is_migration:  # each is a table
        return
    for node in ast.walk(module.tree):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
        words = _lines_of(node.body[0]) if body is not node.body else 0
        table = len(body) == 1 and isinstance(getattr(body[0], "value", None), _TABLES)
        lines = _lines_of(node) - words
        allowed = table or f"{module.path}: {node.name}" in LONG_FUNCTIONS
        if lines > LONGEST_FUNCTION and not allowed:
            yield f"line {node.lineno}: {node.name} has {lines} lines"


_TABLES = (ast.Dict, ast.List, ast.Tuple, ast.Set, ast.Constant)


def _lines_of(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def prints(module: Module) -> Iterator[str]:
    """Only the command line prints."""
    if module.part == "cli":
        return
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "print":
            yield f"line {node.lineno}: print() outside cli"


def speaks_sql(module: Module) -> Iterator[str]:
    """SQL text is at home where sqlalchemy is."""
    if module.part in HOMES["sqlalchemy"] or module.path in FOREIGN_DATABASES:
        return
    for node in ast.walk(module.tree):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and SQL.match(text):
            yield f"line {getattr(node, 'lineno', 0)}: SQL text outside {HOMES['sqlalchemy']}"


RULES = (
    points_up,
    strays,
    reads_the_environment,
    hides_code_in_init,
    says_nothing,
    is_long,
    prints,
    speaks_sql,
)


def violations(module: Module) -> list[str]:
    """All that is wrong with one module, in sentences."""
    return [f"{module.path}: {words}" for rule in RULES for words in rule(module)]


def loaded_at_start(name: str, modules: dict[str, Module]) -> dict[str, str]:
    """The libraries that importing a module of ours loads, each with the module that imports it."""
    libraries: dict[str, str] = {}
    seen: set[str] = set()
    todo = [name]
    while todo:
        name = todo.pop()
        parts = name.split(".")
        todo += [".".join(parts[:count]) for count in range(1, len(parts))]  # its packages too
        if name in seen or name not in modules:
            continue
        seen.add(name)
        for item in modules[name].imports:
            if item.when != "start":
                continue
            if _part(item.target) is None:
                libraries.setdefault(item.target.split(".")[0], name)
            else:
                todo.append(item.target)
    return libraries


def source_files() -> Iterator[Module]:
    for folder, prefix in (
        ("src/littrack", ""),
        ("flows", "flows/"),
        ("db/migrations", "migrations/"),
    ):
        for path in sorted((ROOT / folder).rglob("*.py")):
            relative = path.relative_to(ROOT / folder).as_posix()
            yield Module(prefix + relative, path.read_text("utf-8"))


MODULES = tuple(source_files())


# --- the house as it stands -----------------------------------------------------------------------


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.path)
def test_a_module_keeps_the_house_rules(module: Module) -> None:
    assert violations(module) == []


def test_the_command_line_starts_without_anything_slow() -> None:
    modules = {module.name: module for module in MODULES}
    loaded = loaded_at_start("littrack.cli.main", modules)
    assert {name: via for name, via in loaded.items() if name in NOT_AT_START} == {}


def test_the_first_nouns_import_nothing_of_ours_but_each_other() -> None:
    allowed = {"errors": {None}, "conditions": {None, "errors"}, "records": {None, "conditions"}}
    for module in MODULES:
        if module.part in allowed:
            assert {_part(item.target) for item in module.imports} <= allowed[module.part]


def test_the_settings_are_found_among_the_modules_so_the_walk_works() -> None:
    assert "littrack.settings" in {module.name for module in MODULES}


# --- the rules find what they are for -------------------------------------------------------------

LONG = "def f(x):\n" + "    x += 1\n" * 60
TYPING = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import "
TABLE = "def f():\n    return [\n" + "        1,\n" * 80 + "    ]\n"


@pytest.mark.parametrize(
    ("path", "source", "words"),
    [
        ("records.py", "from littrack.store import papers", "which is above it"),
        ("text.py", "from . import steps", "which is above it"),
        ("store/papers.py", "from ..steps import pull", "which is above it"),
        ("store/papers.py", "import littrack.steps.pull", "which is above it"),
        ("steps/pull.py", "def f():\n    from littrack.cli import main", "which is above it"),
        ("steps/pull.py", "from littrack import Library", "which is above it"),
        ("steps/pull.py", "import flows.nightly", "which is above it"),
        ("store/papers.py", "from littrack.sources import oai", "the hand store imports"),
        ("analysis/topics.py", "from littrack import vector_index", "the hand analysis imports"),
        (
            "store/papers.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from littrack import encoder",
            "the hand store imports",
        ),
        ("cli/serve.py", "from littrack.web import app", "at start"),
        ("wombat.py", '"""X."""', "stands in no tier"),
        ("steps/pull.py", "import sqlalchemy", "imported in steps"),
        ("steps/pull.py", "from sqlalchemy.orm import Session", "imported in steps"),
        ("present/tables.py", f"{TYPING}sqlalchemy", "imported in present"),
        ("analysis/topics.py", "def f():\n    import faiss", "imported in analysis"),
        ("cli/main.py", "def f():\n    import prefect", "imported in cli"),
        ("store/engine.py", "import importlib\nimportlib.import_module('faiss')", "imported in"),
        ("store/engine.py", "import wombat", "wombat has no home"),
        ("encoder/model.py", "import torch", "slow"),
        ("encoder/model.py", "try:\n    import torch\nexcept ImportError:\n    pass", "slow"),
        ("encoder/model.py", "class A:\n    from torch import nn", "slow"),
        ("store/engine.py", "import os\nx = os.environ['A']", "os.environ outside"),
        ("flows/nightly.py", "import os\nx = os.getenv('A')", "os.getenv outside"),
        ("migrations/env.py", "from os import environ", "os.environ outside"),
        ("store/__init__.py", '"""X."""\ndef f(): ...', "more than a docstring"),
        ("store/__init__.py", '"""X."""\nclass A: ...', "more than a docstring"),
        ("store/__init__.py", "x = 1", "no docstring"),
        ("store/__init__.py", '"""X."""' + "\nx = 1" * 60, "longer than"),
        ("store/utils.py", "", "says nothing"),
        ("analysis/_helpers.py", "", "says nothing"),
        ("steps/common/pull.py", "", "says nothing"),
        ("steps/pull.py", LONG, "f has 61 lines"),
        ("steps/pull.py", f"class A:\n{LONG.replace('def', '  async def')}", "f has 61 lines"),
        ("steps/pull.py", "print('x')", "print() outside cli"),
        ("steps/pull.py", "x = 'SELECT a\\n FROM b'", "SQL text"),
        ("steps/pull.py", "x = f'DELETE FROM {1}'", "SQL text"),
    ],
)
def test_a_planted_violation_is_found(path: str, source: str, words: str) -> None:
    if source.startswith("class A:\n  async"):
        source = source.replace("\n    x", "\n      x")
    found = violations(Module(path, source))
    assert len(found) == 1
    assert words in found[0]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("store/papers.py", "from littrack.records import Paper\nfrom .engine import connect"),
        ("settings.py", "import os\nfrom littrack.errors import SettingsError\nx = os.environ"),
        ("steps/pull.py", "from littrack import sources, store\nimport numpy as np"),
        ("cli/main.py", "from littrack import __version__, steps\nimport typer\nprint('x')"),
        ("cli/main.py", "from littrack.library import Library"),
        ("__main__.py", "from littrack.cli.main import main\nmain()"),
        ("cli/serve.py", "def f():\n    from littrack.web import app"),
        ("flows/nightly.py", "import prefect\nfrom littrack.steps import pull"),
        ("flows/prefect_environment.py", "import os\nx = os.environ"),
        ("migrations/env.py", "import alembic, sqlalchemy\nfrom littrack.store import tables"),
        ("sources/oai.py", "import lxml.etree\nimport requests, filelock"),
        ("encoder/model.py", "def f():\n    import torch"),
        ("encoder/model.py", f"{TYPING}torch"),
        ("steps/pull.py", f"{TYPING}sqlalchemy as sa"),
        ("store/engine.py", "x = 'PRAGMA foreign_keys = on'"),
        ("steps/pull.py", "x = 'Select papers from the list'"),
        ("steps/pull.py", TABLE),
        ("steps/pull.py", 'def f():\n    """X.\n' + "\n" * 80 + '    """\n    return 1'),
        ("__init__.py", '"""X."""\n__version__ = "1"\ndef __getattr__(name): ...'),
    ],
)
def test_what_is_allowed_is_not_reported(path: str, source: str) -> None:
    assert violations(Module(path, source)) == []


def test_a_slow_library_is_found_behind_other_modules() -> None:
    modules = [
        Module("cli/__init__.py", ""),
        Module("cli/main.py", "from littrack.steps.search import search\nimport typer"),
        Module("steps/__init__.py", "import time"),
        Module("steps/search.py", "from littrack import vector_index\nfrom .later import f"),
        Module("steps/later.py", "def f():\n    import prefect"),
        Module("vector_index.py", "import faiss"),
    ]
    loaded = loaded_at_start("littrack.cli.main", {module.name: module for module in modules})
    assert loaded == {
        "typer": "littrack.cli.main",
        "time": "littrack.steps",
        "faiss": "littrack.vector_index",
    }
