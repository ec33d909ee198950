"""What a local Airflow is given when it starts."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from local import standalone
from local.steps import Steps


class Noted:
    """Notes the files that `airflow` would import."""

    def __init__(self) -> None:
        self.files: dict[str, Path] = {}

    def airflow(self, _name: str, kind: str, _import: str, file: str) -> None:
        self.files[kind] = Path(file)


def test_connections_of_the_settings_are_imported_whole(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from airflow.secrets.local_filesystem import load_connections_dict

    monkeypatch.setattr(standalone, "AIRFLOW_HOME", tmp_path)
    noted = Noted()
    standalone._import_settings(cast(Steps, noted))
    found: dict[str, Any] = load_connections_dict(str(noted.files["connections"]))
    mail, board = found["smtp_default"], found["remotive_default"]
    assert (mail.conn_type, mail.host, mail.port) == ("smtp", "localhost", 25)
    assert mail.extra_dejson["from_email"] == "techpulse@localhost"
    assert mail.extra_dejson["disable_tls"] is True
    assert (board.conn_type, board.host, board.extra) == ("http", "https://remotive.com/api", None)
