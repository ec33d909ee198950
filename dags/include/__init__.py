"""Raise a helpful error if only this folder is on the path, instead of the project above it.

Airflow appends a bundle's folder to the path. If the bundle or PYTHONPATH names the project, its
``include`` comes first and this one is never imported.
"""

from pathlib import Path

_DAGS = Path(__file__).resolve().parent.parent
_ROOT = _DAGS.parent
raise ModuleNotFoundError(
    f"TechPulse's package `include` cannot be imported: {_DAGS} is on the path, the project above "
    f"it is not. Next step: make {_ROOT} the bundle (LocalDagBundle: path; GitDagBundle: no "
    f"subdir), or set PYTHONPATH={_ROOT} for every process of Airflow. "
    "See docs/deployment.md.",
    name="include",
)
