"""Which files a stage's code is made of: none is forgotten, whoever moves it."""

from __future__ import annotations

import gc
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from include import code_version as module
from include.code_version import code_version, files_of
from include.pipeline import replay
from include.serving import fingerprints
from include.settings import PROJECT_ROOT
from include.silver.postings import classifier_version
from include.sources.registry import reading_version

INCLUDE = PROJECT_ROOT / "include"
CACHED = (code_version, classifier_version, reading_version, replay.code_version)
VERSIONS: dict[str, Callable[[], str]] = {
    "classifier": classifier_version,
    "reading": reading_version,
    "replay": replay.code_version,
    "publishing": lambda: fingerprints._publishing_version().split()[0],
}


def forget() -> None:
    for cached in CACHED:
        cached.cache_clear()


@pytest.fixture
def changed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], set[str]]]:
    """Name the versions that another content of a file changes."""
    real = Path.read_bytes

    def versions() -> dict[str, str]:
        forget()
        return {name: version() for name, version in VERSIONS.items()}

    before = versions()

    def changed_by(file: str) -> set[str]:
        path = INCLUDE / file
        assert path.is_file()

        def read(self: Path) -> bytes:
            return real(self) + (b"\n" if self == path else b"")

        with monkeypatch.context() as patch:
            patch.setattr(Path, "read_bytes", read)
            after = versions()
        return {name for name, version in after.items() if version != before[name]}

    yield changed_by
    forget()


RULES = {"classifier", "reading", "replay"}


@pytest.mark.parametrize(
    ("file", "stages"),
    [
        ("postings/places/names.csv", RULES),
        ("postings/vocabulary.toml", RULES),
        ("postings/salary.py", RULES),
        ("postings/lexicon.py", RULES),
        ("postings/job_name.py", {"classifier"}),
        ("silver/postings.py", {"classifier"}),
        ("silver/board_postings.py", {"reading"}),
        ("sources/boards/himalayas.py", {"reading"}),
        ("sources/fields.py", {"reading"}),
        ("sources/links.py", {"reading", "replay"}),
        ("sources/normalise.py", {"reading", "replay"}),
        ("sources/page_reader.py", {"replay"}),
        ("sources/hacker_news/client.py", {"replay"}),
        ("serving/places.json", {"publishing"}),
        ("serving/facets.py", {"publishing"}),
        ("serving/queries.py", {"publishing"}),
        ("warehouse/views.py", {"publishing"}),
    ],
)
def test_file_makes_old_what_is_made_of_it(
    file: str, stages: set[str], changed: Callable[[str], set[str]]
) -> None:
    assert stages <= changed(file)


@pytest.mark.parametrize("file", ["errors.py", "settings.py", "http/client.py", "web/app.py"])
def test_how_code_runs_makes_nothing_old(file: str, changed: Callable[[str], set[str]]) -> None:
    assert changed(file) == set()


def test_version_is_the_same_whoever_asks_and_whatever_was_imported_before() -> None:
    script = (
        "import include.web.app, include.cli.main\n"
        "from include.pipeline.replay import code_version\n"
        "from include.silver.postings import classifier_version\n"
        "print(code_version(), classifier_version())"
    )
    told = subprocess.run(
        [sys.executable, "-B", "-c", script], cwd=PROJECT_ROOT, capture_output=True, text=True,
        check=True,
    ).stdout  # fmt: skip
    assert told.splitlines()[-1] == f"{replay.code_version()} {classifier_version()}"


def test_nothing_compiled_and_nothing_hidden_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "include"
    shutil.copytree(INCLUDE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(module, "_INCLUDE", copy)
    entry = "include.silver.postings"
    forget()
    clean = code_version(entry)
    (copy / "postings" / "places" / ".names.csv.swp").write_text("x")
    (copy / "postings" / "places" / "names.pyc").write_text("x")
    forget()
    assert code_version(entry) == clean
    (copy / "postings" / "places" / "names.csv").write_text("name,country\n")
    forget()
    assert code_version(entry) != clean
    forget()


def test_rule_that_moves_to_another_folder_is_still_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {
        "include/__init__.py": "",
        "include/errors.py": "import include.never",
        "include/a/__init__.py": "",
        "include/a/entry.py": "from include.b.deep.rules import rule\nimport include.errors, json",
        "include/a/other.py": "",
        "include/b/__init__.py": "",
        "include/b/deep/__init__.py": "from typing import TYPE_CHECKING\n"
        "if TYPE_CHECKING:\n    from include.b import unused",
        "include/b/deep/rules.py": "def rule():\n    from include.b import late\n    return late",
        "include/b/deep/rules.csv": "",
        "include/b/late.py": "import include.a.entry",
        "include/b/unused.py": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(module, "_INCLUDE", tmp_path / "include")
    module._imported.cache_clear()
    found = {path.relative_to(tmp_path / "include").as_posix() for path in
             files_of(["include.a.entry"])}  # fmt: skip
    assert found == {
        "a/__init__.py", "a/entry.py", "b/__init__.py", "b/deep/__init__.py", "b/deep/rules.py",
        "b/deep/rules.csv", "b/late.py",
    }  # fmt: skip


def test_unknown_module_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"include\.nowhere"):
        code_version("include.nowhere")


@pytest.fixture
def interpreter_in_a_hurry() -> Iterator[None]:
    """Switch between threads wherever the garbage collector runs, which it does all the time."""

    def switch(*_: object) -> None:
        time.sleep(0)

    interval, threshold = sys.getswitchinterval(), gc.get_threshold()
    gc.callbacks.append(switch)
    sys.setswitchinterval(1e-6)
    gc.set_threshold(10)
    yield
    gc.callbacks.remove(switch)
    sys.setswitchinterval(interval)
    gc.set_threshold(*threshold)


@pytest.mark.usefixtures("interpreter_in_a_hurry")
def test_threads_of_any_depth_read_code_at_the_same_time() -> None:
    """Two models of dbt ask at once; CPython 3.11 cannot parse in two threads at once."""
    files = sorted(INCLUDE.glob("*.py"))

    def read(depth: int) -> list[tuple[Path, ...]]:
        if depth:
            return read(depth - 1)
        return [module._imported.__wrapped__(file) for file in files]

    with ThreadPoolExecutor(4) as pool:
        first, *others = pool.map(read, [0, 20, 40, 60] * 2)
    assert all(other == first for other in others)
