"""Of which files a stage's code is made: what it has written is old when one of them changes.

The one rule for every stage: the modules that its entry points import within ``include``, and what
those import, as their source says it, and every data file beside one of them. Nobody keeps a list
of files: what moves to another folder or is imported from now on is found by itself.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

__all__ = ["code_version", "files_of"]

_INCLUDE = Path(__file__).parent
_DIGEST_CHARACTERS = 12
_GROUND = frozenset(
    f"include.{name}" for name in ("alerts", "code_version", "errors", "http", "settings")
)
"""How code runs, not what it answers: what only these have in them makes nothing old."""
_NO_DATA = frozenset((".py", ".pyc"))


@cache
def code_version(*entries: str | Path, data: tuple[Path, ...] = ()) -> str:
    """Return 12 hex digits of the sha256 over the files that these modules are made of.

    ``entries`` are names of modules of ``include``, or their files; ``data`` are files besides
    those that lie beside a module. The same files give the same version, on any machine, whoever
    asks; computed once a process (some 50 ms). Raises FileNotFoundError for an unknown module.
    """
    digest = hashlib.sha256()
    for path in (*sorted(files_of(entries)), *sorted(data)):
        digest.update(_name(path).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:_DIGEST_CHARACTERS]


def files_of(entries: Iterable[str | Path]) -> set[Path]:
    """Return the files that these modules are made of, data included."""
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
    """Return a module's file; raise FileNotFoundError where there is none."""
    base = _INCLUDE.joinpath(*module.split(".")[1:])
    file = base / "__init__.py" if base.is_dir() else base.with_suffix(".py")
    if not file.is_file():
        raise FileNotFoundError(f"There is no module {module}: {file}")
    return file


def _data_beside(file: Path) -> Iterator[Path]:
    for path in file.parent.iterdir() if file.parent != _INCLUDE else ():
        if path.is_file() and path.suffix not in _NO_DATA and not path.name.startswith("."):
            yield path


@cache
def _imported(file: Path) -> tuple[Path, ...]:
    """Return the files that a module's imports run, those of its functions as well."""
    names = {n for module in _modules(ast.parse(file.read_bytes())) for n in _with_packages(module)}
    found = (_file_or_none(name) for name in sorted(names) if not _is_ground(name))
    return tuple(path for path in found if path)


def _modules(tree: ast.AST) -> Iterator[str]:
    """Yield the names that a module imports; those for type checkers alone are never run."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            # a name imported from a package may be a module of it
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        else:
            yield from _modules(node)


def _with_packages(module: str) -> Iterator[str]:
    """Yield the packages of ``include`` that an import of this name runs, and the name itself."""
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
