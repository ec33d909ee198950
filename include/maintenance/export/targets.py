"""Where an export goes: a folder, or a prefix of an object store.

``<to>/<id>/`` has the export's files, and ``<to>/manifest.json`` names the current ``id``. The
files come first and the manifest last, in one rename or one PUT: who begins with the manifest reads
the old export or the new one. A folder also has the symbolic link ``latest``.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from uuid import uuid4

from include.disk import raise_if_disk_full
from include.errors import ExportError
from include.files import make_folder, new_file
from include.maintenance.export.manifest import MANIFEST, Manifest, as_json, parse, verify

__all__ = ["LATEST", "Target", "target_of"]

LATEST: Final = "latest"
_UNFINISHED: Final = ".unfinished-"
_OURS: Final = re.compile(rf"[0-9a-f]{{16}}|{re.escape(_UNFINISHED)}[0-9a-f]{{32}}")
_LEFTOVER: Final = dt.timedelta(hours=24)  # a younger one may be an export that is being written


class Target(ABC):
    """A place for exports."""

    def __init__(self, to: str) -> None:
        self.to = to

    @abstractmethod
    def current(self) -> Manifest | None:
        """Return the current export's manifest, None without one.

        Raises ExportError for a manifest of another kind.
        """

    @abstractmethod
    def is_whole(self, manifest: Manifest) -> bool:
        """Return whether an export's files are there."""

    @abstractmethod
    def workplace(self) -> AbstractContextManager[Path]:
        """Yield a new folder on this machine to write an export into; remove what is left of it."""

    @abstractmethod
    def publish(self, files: Path, manifest: Manifest, now: dt.datetime) -> None:
        """Make the export in ``files`` the current one, then remove the one that it replaces.

        Leftovers of exports that were killed are removed, too, once they are a day old.
        """

    @abstractmethod
    def name(self, manifest: Manifest) -> None:
        """Make a manifest the current one, whose files are there."""

    @abstractmethod
    def fetched(self, manifest: Manifest) -> AbstractContextManager[Path]:
        """Yield a folder on this machine with an export's files."""


def target_of(to: str) -> Target:
    """Return the place: a folder's path, or a URL as ``s3://connection@bucket/prefix``."""
    return _Prefix(to.rstrip("/")) if "://" in to else _Folder(to)


class _Folder(Target):
    """A folder on this machine."""

    @property
    def folder(self) -> Path:
        return Path(self.to).resolve()

    def current(self) -> Manifest | None:
        path = self.folder / MANIFEST
        return parse(path.read_bytes(), str(path)) if path.is_file() else None

    def is_whole(self, manifest: Manifest) -> bool:
        try:
            verify(manifest, self.folder / manifest["export"])
        except ExportError:
            return False
        return True

    @contextmanager
    def workplace(self) -> Iterator[Path]:
        # Beside the exports: a rename is atomic only within a file system.
        temporary = self.folder / f"{_UNFINISHED}{uuid4().hex}"
        make_folder(temporary)
        try:
            with raise_if_disk_full(temporary):
                yield temporary
        finally:
            shutil.rmtree(temporary, ignore_errors=True)

    def publish(self, files: Path, manifest: Manifest, now: dt.datetime) -> None:
        replaced = self.current()
        # One that is there was left by a killed export, or another has just written it.
        if not self.is_whole(manifest):
            self._put(files, self.folder / manifest["export"])
        self.name(manifest)
        self._remove_others(manifest["export"], replaced["export"] if replaced else "", now)

    def _put(self, files: Path, final: Path) -> None:
        # A power cut must not leave a manifest without its files.
        for path in (*files.rglob("*"), files):
            _flush(path)
        damaged = self.folder / f"{_UNFINISHED}{uuid4().hex}"
        with suppress(FileNotFoundError):
            final.rename(damaged)
        files.rename(final)
        _flush(self.folder)
        shutil.rmtree(damaged, ignore_errors=True)

    @contextmanager
    def fetched(self, manifest: Manifest) -> Iterator[Path]:
        yield self.folder / manifest["export"]

    def name(self, manifest: Manifest) -> None:
        content = as_json(manifest)
        temporary = self.folder / f"{_UNFINISHED}{uuid4().hex}"
        with new_file(temporary) as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.folder / MANIFEST)
        temporary.symlink_to(manifest["export"])
        temporary.replace(self.folder / LATEST)

    def _remove_others(self, kept: str, replaced: str, now: dt.datetime) -> None:
        limit = (now - _LEFTOVER).timestamp()
        for path in self.folder.iterdir():
            if not _OURS.fullmatch(path.name) or path.name == kept:
                continue
            if path.name == replaced or path.lstat().st_mtime < limit:
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path)
                else:
                    path.unlink()


class _Prefix(Target):
    """A prefix of an object store, through Airflow's ObjectStoragePath."""

    def current(self) -> Manifest | None:
        from include.staging import objects

        address = f"{self.to}/{MANIFEST}"
        try:
            return parse(objects.get(address), address)
        except FileNotFoundError:
            return None

    def is_whole(self, manifest: Manifest) -> bool:
        from include.staging import objects

        found = {name: size for name, size, _ in objects.find(f"{self.to}/{manifest['export']}")}
        return found == {file["path"]: file["bytes"] for file in manifest["files"]}

    @contextmanager
    def workplace(self) -> Iterator[Path]:
        with TemporaryDirectory(prefix="techpulse-export-") as folder, raise_if_disk_full(folder):
            # A folder of its own, as the other target's: publishing may take it away.
            (files := Path(folder, "files")).mkdir()
            yield files

    def publish(self, files: Path, manifest: Manifest, now: dt.datetime) -> None:
        from include.staging import objects

        replaced = self.current()
        objects.put_folder(f"{self.to}/{manifest['export']}", files)
        self.name(manifest)
        self._remove_others(manifest["export"], replaced["export"] if replaced else "", now)

    def name(self, manifest: Manifest) -> None:
        from include.staging import objects

        objects.put(f"{self.to}/{MANIFEST}", as_json(manifest))

    @contextmanager
    def fetched(self, manifest: Manifest) -> Iterator[Path]:
        from include.staging import objects

        with TemporaryDirectory(prefix="techpulse-export-") as folder:
            objects.get_folder(f"{self.to}/{manifest['export']}", Path(folder, "files"))
            yield Path(folder, "files")

    def _remove_others(self, kept: str, replaced: str, now: dt.datetime) -> None:
        from include.staging import objects

        gone = [
            name
            for name, _, modified_at in objects.find(self.to)
            if (export := name.split("/")[0]) != kept
            and _OURS.fullmatch(export)
            and (export == replaced or modified_at < now - _LEFTOVER)
        ]
        objects.remove(self.to, gone)


def _flush(path: Path) -> None:
    """Have the disk store a file, or the names in a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
