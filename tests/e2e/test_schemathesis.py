"""Generated requests against the real API server: the app keeps to its own description."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench.airflow_server import AirflowServer
from include.web.api import endpoints
from include.web.openapi import openapi_document

# The start of the server counts, too: on a busy machine it takes as long as a quick test may.
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")


# The phase `coverage` asks for each value of each parameter that is special: two minutes.
@pytest.mark.parametrize(
    ("examples", "phases"),
    [(8, "fuzzing"), pytest.param(50, "coverage,fuzzing", marks=pytest.mark.slow)],
)
def test_app_keeps_to_its_description(
    server: AirflowServer, tmp_path: Path, examples: int, phases: str
) -> None:
    program = shutil.which("schemathesis", path=str(Path(sys.executable).parent))
    assert program, "schemathesis is one of the tools in requirements-dev.txt"
    command = [
        program, "--config-file", str(CONFIGURATION), "run",
        f"{server.url}/techpulse/api/v1/openapi.json",
        "--header", f"Authorization: Bearer {server.token}",
        "--phases", phases, "--max-examples", str(examples),
        "--generation-deterministic", "--no-color",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=290)
    assert done.returncode == 0, done.stdout[-6_000:]
    operations = openapi_document(endpoints({"default": 48}), "")["paths"]
    assert f"Tested: {len(operations)}" in done.stdout
