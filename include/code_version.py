"""A fingerprint of a stage's code: its output is outdated when one of the files changes.

One rule for every stage: the modules that its entry points import within ``include``, directly or
indirectly, and every data file in their folders. The imports are read from the source, so there is
no list of files to maintain when a module moves or a new import is added.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from threading import Lock

__all__ = ["code_version", "files_of"]

_INCLUDE = Path(__file__).parent
_DIGEST_CHARACTERS = 12
_GROUND = frozenset(
    f"include.{name}" for name in ("alerts", "code_version", "errors", "http", "settings")
)
"""They decide how code runs, not its output: a change in these outdates nothing."""
_NO_DATA = frozenset((".py", ".pyc"))
_PARSER = Lock()
"""dbt runs models in threads. CPython 3.11 has one counter of depth for all parses of a process:
one thread's parse fails when another's is under way (SystemError, "recursion depth mismatch")."""


@cache
def code_version(*entries: str | Path, data: tuple[Path, ...] = ()) -> str:
    """Return 12 hex digits of the sha256 over the names and contents of a stage's files.

    ``entries`` are names of modules of ``include``, or their files; ``data`` are additional data
    files. The same files give the same version on any machine. Computed once per process: 0.4 s for
    the first, under 0.1 s for others, which share its files. Raises FileNotFoundError for an
    unknown module.
    """
    digest = hashlib.sha256()
    # Sorted, since a set has no order; NUL separates, so that moving text between files counts.
    for path in (*sorted(files_of(entries)), *sorted(data)):
        digest.update(_name(path).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:_DIGEST_CHARACTERS]


def files_of(entries: Iterable[str | Path]) -> set[Path]:
    """Return the files of these modules and of all that they import, data files included."""
    pending = [_file(entry) if isinstance(entry, str) else entry for entry in entries]
    found: set[Path] = set()
    while pending:
        file = pending.pop()
        if file not in found:
            found.add(file)
            pending += _imported(file)
    return found | {data for file in found for data in _data_beside(file)}


def _name(path: Path) -> str:
    return path.relative_to(_INCLUDE).as_posix() if path.is_relative_to(_INCLUDE) else path.name


def _file(module: str) -> Path:
    """Return a module's file; raise FileNotFoundError if it has none."""
    base = _INCLUDE.joinpath(*module.split(".")[1:])
    file = base / "__init__.py" if base.is_dir() else base.with_suffix(".py")
    if not file.is_file():
        raise FileNotFoundError(f"There is no module {module}: {file}")
    return file


def _data_beside(file: Path) -> Iterator[Path]:
    # Modules directly in include/ have no data of their own.
    for path in file.parent.iterdir() if file.parent != _INCLUDE else ():
        if path.is_file() and path.suffix not in _NO_DATA and not path.name.startswith("."):
            yield path


@cache
def _imported(file: Path) -> tuple[Path, ...]:
    """Return the files that a module imports, at its top or inside its functions."""
    with _PARSER:
        tree = ast.parse(file.read_bytes())
    names = {n for module in _modules(tree) for n in _with_packages(module)}
    found = (_file_or_none(name) for name in sorted(names) if not _is_ground(name))
    return tuple(path for path in found if path)


def _modules(tree: ast.AST) -> Iterator[str]:
    """Yield the names that a module imports, without those for type checkers alone."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.expr):
            continue  # no expression has an import; most nodes are in one
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            # ``from package import name``: the name may be a module of the package.
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        else:
            yield from _modules(node)


def _with_packages(module: str) -> Iterator[str]:
    """Yield the name and the packages of ``include`` above it: importing it runs all of them."""
    parts = module.split(".")
    if parts[0] == "include":
        yield from (".".join(parts[:count]) for count in range(2, len(parts) + 1))


def _is_ground(module: str) -> bool:
    return ".".join(module.split(".")[:2]) in _GROUND


def _file_or_none(module: str) -> Path | None:
    try:
        return _file(module)
    except FileNotFoundError:
        return None  # a function or a class, not a module
