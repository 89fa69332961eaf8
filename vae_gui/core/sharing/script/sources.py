"""The source of what a script borrows from this app: definitions with all that they use, and their imports."""

import ast
import importlib
import inspect
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

PACKAGE = "vae_gui"
# The modules that a script borrows from, for the names that stand in its own lines.
HOMES = tuple(
    f"{PACKAGE}.core.{name}"
    for name in (
        *("vae.losses", "vae.schedule", "vae.random_streams", "vae.batches"),
        *("vae.exact_em", "vae.em_phase", "vae.models.base", "support.progress"),
    )
)
NOT_COPIED = ("extra_repr",)  # a method that is there for `network.layer_source`
CONFIGS = ("config", "MODEL", "TRAIN")  # by which names a script has its settings
Import = ast.Import | ast.ImportFrom


@dataclass(frozen=True, slots=True, eq=False)
class _Module:
    """A file of the app. bindings: the statement at its top that gives each name."""

    lines: tuple[str, ...]
    bindings: dict[str, ast.stmt]


@dataclass(slots=True)
class Sources:
    """Definitions of the app, each behind those that it uses.

    given: names that the script defines by itself. imports: the module that each imported name is from, and its
    name there.
    """

    given: Collection[str] = ()
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)
    _definitions: dict[tuple[str, int], str] = field(default_factory=dict)

    def add(self, module: str, name: str) -> None:
        """Take the definition of a name in a module, and all that it uses."""
        found = None if name in self.given else _read(module).bindings.get(name)
        if found is None:
            return
        if isinstance(found, Import):
            self._add_import(found, name)
            return
        place = (module, found.lineno)
        if place in self._definitions:
            return
        text = _text(_read(module), found)
        self._definitions[place] = ""  # a function may use itself
        for used in names_read(text):
            self.add(module, used)
        del self._definitions[place]
        self._definitions[place] = text

    def add_used_by(self, text: str) -> None:
        """Take what lines of the script use of HOMES."""
        for name in names_read(text):
            for module in HOMES:
                if not isinstance(_read(module).bindings.get(name), Import):
                    self.add(module, name)

    @property
    def text(self) -> str:
        """The definitions as they stand in a file."""
        parts = list(self._definitions.values())
        joined = "".join(parts[:1])
        for before, part in pairwise(parts):
            joined += ("\n" if _is_short(before) and _is_short(part) else "\n\n\n") + part
        return joined

    def _add_import(self, found: Import, name: str) -> None:
        alias = next(alias for alias in found.names if name in (alias.asname, alias.name))
        if isinstance(found, ast.Import):
            self.imports[name] = ("", ast.unparse(alias))
            return
        assert found.module is not None
        if found.module.split(".")[0] == PACKAGE:
            self.add(found.module, alias.name)
        else:
            self.imports[name] = (found.module, ast.unparse(alias))


def names_read(text: str) -> list[str]:
    """Return the names that a text reads."""
    nodes = ast.walk(ast.parse(text))
    read = (node for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))
    return sorted({node.id for node in read})


def settings_read(text: str) -> set[str]:
    """Return the names of the settings that a text reads."""
    nodes = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute))
    return {node.attr for node in nodes if ast.unparse(node.value).split(".")[-1] in CONFIGS}


@cache
def _read(module: str) -> _Module:
    text = inspect.getsource(importlib.import_module(module))
    statements = tuple(_top(ast.parse(text).body))
    bindings = {name: statement for statement in statements for name in _bound_by(statement)}
    return _Module(tuple(text.splitlines()), bindings)


def _top(statements: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Go through a file's own statements, also those of `if TYPE_CHECKING`."""
    for statement in statements:
        if isinstance(statement, ast.If):
            yield from _top(statement.body)
        else:
            yield statement


def _bound_by(statement: ast.stmt) -> Iterator[str]:
    match statement:
        case ast.Import() | ast.ImportFrom():
            yield from (alias.asname or alias.name for alias in statement.names)
        case ast.FunctionDef() | ast.ClassDef():
            yield statement.name
        case ast.Assign() | ast.AnnAssign():
            for node in ast.walk(statement):
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    yield node.id


def _text(module: _Module, found: ast.stmt) -> str:
    """Return the lines of a definition, without the methods that are not copied."""
    assert found.end_lineno is not None
    decorators = getattr(found, "decorator_list", ())
    first = min((decorator.lineno for decorator in decorators), default=found.lineno)
    left_out: set[int] = set()
    for part in getattr(found, "body", ()):
        if isinstance(part, ast.FunctionDef) and part.name in NOT_COPIED:
            assert part.end_lineno is not None
            left_out |= set(range(part.lineno, part.end_lineno + 2))  # and the empty line behind it
    numbers = range(first, found.end_lineno + 1)
    return "\n".join(module.lines[number - 1] for number in numbers if number not in left_out)


def _is_short(text: str) -> bool:
    """Say whether a definition needs no empty lines around it."""
    return not text.startswith(("def ", "class ", "@"))
