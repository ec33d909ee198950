"""One dbt build in a fork of this process, which has started dbt before; what the fork alone took.

    python -m bench.preloaded_build <data folder> [dbt's arguments]

Prints its seconds by the clock and of the processor as JSON.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import time
from pathlib import Path

from include.dbt.preload import preload_dbt
from include.dbt.project import DBT_DIR, dbt_environment
from include.settings import Settings

__all__ = ["main"]


def main() -> None:
    """Preload dbt, fork, build, print."""
    settings = Settings(data_dir=Path(sys.argv[1]))
    preload_dbt(settings)
    for name in [name for name in sys.modules if name.startswith("include.")]:
        del sys.modules[name]  # as in the scheduler
    gc.freeze()  # as Airflow's LocalExecutor does before it forks
    begun = time.perf_counter()
    child = os.fork()
    if not child:
        os._exit(_build(settings, sys.argv[2:]))
    _, status, used = os.wait4(child, 0)
    if status:
        raise SystemExit(f"dbt build ended with {os.waitstatus_to_exitcode(status)}")
    print(json.dumps([time.perf_counter() - begun, used.ru_utime + used.ru_stime]))


def _build(settings: Settings, arguments: list[str]) -> int:
    from dbt.cli.main import dbtRunner

    os.chdir(DBT_DIR)
    os.environ.update(dbt_environment(settings))
    folders = ["--target-path", str(settings.data_dir / "target")]
    folders += ["--log-path", str(settings.data_dir / "logs")]
    done = dbtRunner().invoke(["--quiet", "build", *folders, *arguments])
    return 0 if done.success else 1


if __name__ == "__main__":
    main()
