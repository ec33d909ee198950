"""Every Airflow process imports the plugin's file: it must bring nothing heavy along."""

from __future__ import annotations

import subprocess
import sys

from include.settings import PROJECT_ROOT

_LOOK = """
import sys
import airflow.plugins_manager
before = set(sys.modules)
sys.path.insert(0, "plugins")
import techpulse_plugin
print(sorted(name for name in set(sys.modules) - before if "." not in name))
"""


def test_plugin_file_imports_nothing_of_the_web() -> None:
    done = subprocess.run(
        [sys.executable, "-c", _LOOK], capture_output=True, text=True, cwd=PROJECT_ROOT, check=True
    )
    assert done.stdout.strip().splitlines()[-1] == "['techpulse_plugin']"


def test_web_never_imports_the_warehouse() -> None:
    look = "import sys, include.web.app; print('duckdb' in sys.modules, 'pyarrow' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", look], capture_output=True, text=True, cwd=PROJECT_ROOT, check=True
    )
    assert done.stdout.split() == ["False", "False"]
