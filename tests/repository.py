"""The project as a Git repository of its own: what a GitDagBundle is made from."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Final

from include.settings import PROJECT_ROOT

__all__ = ["BRANCH", "check_out", "commit", "snapshot"]

BRANCH: Final = "main"
_IDENTITY: Final = ("-c", "user.name=cluster", "-c", "user.email=cluster@localhost",
                    "-c", "commit.gpgsign=false", "-c", "core.hooksPath=/dev/null")  # fmt: skip


def snapshot(repository: Path, project: Path = PROJECT_ROOT) -> str:
    """Commit the project's files as they are now to a new bare repository; return the commit.

    The project's own repository is not touched, and need not be there. What .gitignore names is
    left out.
    """
    _git("init", "--quiet", "--bare", f"--initial-branch={BRANCH}", str(repository))
    return commit(repository, project)


def commit(repository: Path, project: Path = PROJECT_ROOT) -> str:
    """Commit all files of a folder to the bare repository; return the commit."""
    where = (f"--git-dir={repository}", f"--work-tree={project}")
    _git(*where, "add", "--all", folder=project)
    _git(*where, *_IDENTITY, "commit", "--quiet", "--message=The project", folder=project)
    return _git(*where, "rev-parse", "HEAD", folder=project).strip()


def check_out(repository: Path, folder: Path) -> None:
    """Clone the repository into a folder."""
    _git("clone", "--quiet", "--branch", BRANCH, str(repository), str(folder))


def _git(*arguments: str, folder: Path | None = None) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"git {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout
