"""Install DuckDB's extensions from their wheels into TECHPULSE_DUCKDB_EXTENSION_DIR.

A step of an image's build: nothing is downloaded when the image runs.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import duckdb
from duckdb_extensions import import_extension  # type: ignore[import-untyped]

EXTENSIONS = ("ducklake", "httpfs", "postgres_scanner")


def bake(folder: Path) -> None:
    """Install every extension into ``folder``, and load it once from there."""
    folder.mkdir(parents=True, exist_ok=True)
    with duckdb.connect() as connection:
        connection.execute("set extension_directory = ?", [str(folder)])
        connection.execute("set autoinstall_known_extensions = false")
        for name in EXTENSIONS:
            import_extension(name, con=connection)
            connection.load_extension(name)
    # whoever the image is run as
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


if __name__ == "__main__":
    target = os.environ.get("TECHPULSE_DUCKDB_EXTENSION_DIR")
    if not target:
        sys.exit("TECHPULSE_DUCKDB_EXTENSION_DIR is not set: the folder to install them into")
    bake(Path(target))
    print(f"installed {', '.join(EXTENSIONS)} into {target}")
