"""Found in place of the project's ``include`` where only this folder is on the path; says so.

Airflow puts a bundle's own folder at the end of the path. Where the project is found, by the bundle
or by PYTHONPATH, its ``include`` is imported and this one is never looked at.
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
