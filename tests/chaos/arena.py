"""One data folder in which steps run and die, and its states to go back to."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from include.settings import Settings

from .contents import Difference, differences
from .processes import Child, Failpoint, run
from .steps import Day, Step, steps_of

__all__ = ["Arena"]

_ENVIRONMENT = {
    "TECHPULSE_HN_CHUNK_COMMENTS": "20",
    "TECHPULSE_HTTP_BACKOFF_INITIAL_SECONDS": "0.01",
    "TECHPULSE_THEIRSTACK_CREDITS_PER_RUN": "100000",
    "TECHPULSE_THEIRSTACK_CREDITS_PER_MONTH": "100000",
}


class Arena:
    """The folder, the upstream that steps read there, and what is to come out.

    The folder is always the same: dbt parses its project anew where the warehouse's path differs.
    """

    def __init__(
        self, root: Path, upstreams: Mapping[str, Mapping[str, str]], *, full: bool
    ) -> None:
        self.root, self.data, self._upstreams = root, root / "data", upstreams
        self._full = full
        self.seconds: dict[Step, float] = {}
        self._logs = 0

    @property
    def settings(self) -> Settings:
        """The settings of the steps."""
        return Settings(data_dir=self.data)

    def environment(self, day: Day) -> dict[str, str]:
        """Return the environment of a step of a day."""
        return {
            **_ENVIRONMENT,
            **self._upstreams[day.name],
            "TECHPULSE_DATA_DIR": str(self.data),
            # In the short suite rows are compared; tests/dbt has dbt's own tests on a world.
            "CHAOS_DBT_TESTS": str(self._full).lower(),
        }

    def start(
        self,
        day: Day,
        step: Step,
        failpoint: Failpoint | None = None,
        more: Mapping[str, str] | None = None,
    ) -> Child:
        """Start a step, with more settings."""
        environment = {**self.environment(day), **(more or {})}
        return Child(step, environment, self._new_log(), failpoint)

    def finish(self, day: Day, step: Step, more: Mapping[str, str] | None = None) -> float:
        """Run a step to its good end; return its seconds."""
        return run(step, {**self.environment(day), **(more or {})}, self._new_log())

    def _new_log(self) -> Path:
        self._logs += 1
        return self.root / "logs" / f"{self._logs}.log"

    def live(self, day: Day) -> None:
        """Run a day's steps undisturbed, noting how long each takes."""
        for step in steps_of(day):
            self.seconds[step] = self.finish(day, step)

    def keep(self, name: str) -> None:
        """Keep a copy of the folder under a name."""
        shutil.copytree(self.data, self.root / name)

    def restore(self, name: str) -> None:
        """Go back to what was kept."""
        shutil.rmtree(self.data, ignore_errors=True)
        shutil.copytree(self.root / name, self.data)

    def differences(self, name: str) -> list[Difference]:
        """Return what differs between the folder and what was kept."""
        return differences(self.root / name, self.data)
