"""Airflow's own hook for local settings, read by every Airflow process that ``make up`` starts.

The scheduler and the triggerer serve their task logs on all addresses, and no setting changes that
(``airflow/utils/serve_logs/core.py``: ``host=""``). On a laptop they belong on loopback.
"""

from __future__ import annotations

import sys
from typing import Any

if sys.argv[1:2] in (["scheduler"], ["triggerer"]):
    import uvicorn

    _run = uvicorn.run

    def _run_on_loopback(app: Any, *, host: str = "", **options: Any) -> None:
        _run(app, host=host or "127.0.0.1", **options)

    uvicorn.run = _run_on_loopback
