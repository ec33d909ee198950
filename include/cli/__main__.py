"""``python -m include.cli``."""

from __future__ import annotations

from include.cli.main import main

main(prog_name="python -m include.cli")
