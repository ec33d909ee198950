"""dbt for tests: one thread and no artifacts, a quarter of the processor time of a small build."""

from __future__ import annotations

from typing import Any

from bench import dbt_build
from include.settings import Settings

__all__ = ["QUICK", "dbt"]

QUICK = ("--threads", "1", "--no-write-json")


def dbt(settings: Settings, *arguments: str, **variables: Any) -> dict[str, str]:
    """Run a dbt command as ``bench.dbt_build`` does; ``--write-json`` keeps the artifacts."""
    quick = QUICK[:2] if "--write-json" in arguments else QUICK
    return dbt_build.dbt(settings, *arguments, *quick, **variables)
