"""One place for each version: requirements say what, constraints.txt all, locks/ which files."""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

import pytest

from include.settings import PROJECT_ROOT

_PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;]+)", re.MULTILINE)
_OF_IMAGES = ("requirements.txt", "requirements-lake.txt", "requirements-cluster.txt")
_REQUIREMENTS = (*_OF_IMAGES, "requirements-dev.txt")


def pins(file: str) -> dict[str, str]:
    text = (PROJECT_ROOT / file).read_text()
    return {name.lower().replace("_", "-"): version for name, version in _PIN.findall(text)}


def names(file: str) -> list[str]:
    lines = (PROJECT_ROOT / file).read_text().splitlines()
    return [line for line in lines if line.strip() and not line.startswith(("#", "-r"))]


@pytest.mark.parametrize("file", _REQUIREMENTS)
def test_every_requirement_is_pinned_as_in_the_constraints(file: str) -> None:
    assert len(pins(file)) == len(names(file)), "a requirement without =="
    locked = pins("constraints.txt")
    wrong = {n: (v, locked.get(n)) for n, v in pins(file).items() if locked.get(n) != v}
    assert wrong == {}, "run make lock"


@pytest.mark.parametrize(
    "lock",
    [
        "dev.txt",
        "examples.txt",
        "image.txt",
        "bench.txt",
        "openlineage.txt",
        "oracles.txt",
        "uv.txt",
    ],
)
def test_every_locked_package_carries_hashes(lock: str) -> None:
    text = (PROJECT_ROOT / "locks" / lock).read_text()
    requirements = re.split(r"^(?=\S)", text, flags=re.MULTILINE)[1:]
    assert requirements
    assert [one for one in requirements if not _PIN.match(one)] == []
    hashes = re.compile(r"(?: \\\n    --hash=sha256:[0-9a-f]{64})+\n")
    assert [one for one in requirements if not hashes.search(one)] == []


@pytest.mark.parametrize("lock", ["dev.txt", "image.txt"])
def test_locks_have_the_versions_of_the_constraints(lock: str) -> None:
    constraints, locked = pins("constraints.txt"), pins(f"locks/{lock}")
    assert {n: v for n, v in locked.items() if constraints[n] != v} == {}, "run make lock"


def test_locks_have_all_that_is_required() -> None:
    assert set(pins("locks/dev.txt")) == set(pins("constraints.txt"))
    wanted = {name for file in _OF_IMAGES for name in pins(file)}
    assert wanted <= set(pins("locks/image.txt"))
    assert pins("requirements-bench.txt").items() <= pins("locks/bench.txt").items()
    assert pins("requirements-cities.txt").items() <= pins("locks/cities.txt").items()
    assert pins("requirements-openlineage.txt") == pins("locks/openlineage.txt")
    assert pins("requirements-oracles.txt").items() <= pins("locks/oracles.txt").items()
    assert pins("requirements-examples.txt").items() <= pins("locks/examples.txt").items()
    makefile = (PROJECT_ROOT / "Makefile").read_text()
    assert f"UV_VERSION := {pins('locks/uv.txt')['uv']}\n" in makefile


def test_whatever_is_installed_has_its_hash_checked() -> None:
    """By make, and in the image that the project builds."""
    makefile = (PROJECT_ROOT / "Makefile").read_text()
    dockerfile = (PROJECT_ROOT / "deploy" / "Dockerfile").read_text().replace("\\\n", "")
    for text in (makefile, dockerfile):
        installs = [line for line in text.splitlines() if "pip install" in line]
        assert installs
        assert [line for line in installs if "--require-hashes -r" not in line] == []


@pytest.mark.parametrize("file", _OF_IMAGES)
def test_image_requirements_do_not_pin_airflow_core(file: str) -> None:
    assert not {"apache-airflow", "apache-airflow-core"} & set(pins(file))


def test_extensions_are_of_the_version_of_duckdb() -> None:
    wanted = pins("requirements.txt")["duckdb"]
    extensions = {n: v for n, v in pins("requirements-lake.txt").items() if "duckdb" in n}
    assert len(extensions) == 4
    assert set(extensions.values()) == {wanted}


def test_constraints_lock_the_versions_that_belong_together() -> None:
    locked = pins("constraints.txt")
    assert locked["apache-airflow"] == "3.3.2"
    assert locked["dbt-core"].startswith("1.11.")
    assert locked["duckdb"] == "1.5.5"


def test_what_is_installed_is_what_is_locked() -> None:
    locked = pins("constraints.txt")
    installed = {name: metadata.version(name) for file in _REQUIREMENTS for name in pins(file)}
    assert {n: v for n, v in installed.items() if locked[n] != v} == {}


def test_each_requirement_is_explained() -> None:
    text = (PROJECT_ROOT / "docs" / "dependencies.md").read_text()
    files = (*_REQUIREMENTS, "requirements-examples.txt", "requirements-oracles.txt")
    wanted = {name for file in files for name in pins(file)}
    assert {name for name in wanted if f"`{name}`" not in text} == set()


def test_dockerfile_names_the_runtime_with_its_python() -> None:
    text = (PROJECT_ROOT / "Dockerfile").read_text()
    assert "runtime:3.3-8-python-3.12" in text
    assert "ENV PYTHONPATH=/usr/local/airflow" in text


def test_airflow_settings_have_the_keys_that_astro_reads() -> None:
    import yaml

    settings = yaml.safe_load((PROJECT_ROOT / "airflow_settings.yaml").read_text())["airflow"]
    assert set(settings) == {"connections", "pools", "variables"}
    connection_keys = {
        "conn_id", "conn_type", "conn_host", "conn_schema", "conn_login", "conn_password",
        "conn_port", "conn_extra",
    }  # fmt: skip
    for connection in settings["connections"]:
        assert set(connection) == connection_keys
        assert not connection["conn_password"]
    for pool in settings["pools"]:
        assert set(pool) == {"pool_name", "pool_slot", "pool_description"}


def test_no_path_of_a_machine_is_in_the_code() -> None:
    home = str(Path.home())
    for file in (*PROJECT_ROOT.glob("include/**/*.py"), *PROJECT_ROOT.glob("dags/*.py")):
        text = file.read_text()
        assert "/usr/local/airflow" not in text, file
        assert home == "/" or home not in text, file


def test_no_module_grows_without_end() -> None:
    """A module that needs more is two concepts; a lower cap would cut single ones in pieces."""
    rooms = ("include", "dags", "plugins", "sample", "local")
    files = [file for room in rooms for file in (PROJECT_ROOT / room).rglob("*.py")]
    long = {str(f.relative_to(PROJECT_ROOT)) for f in files if f.read_text().count("\n") > 600}
    assert long == set()


def test_make_help_lists_every_target_that_the_readme_names() -> None:
    makefile = (PROJECT_ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE))
    readme = (PROJECT_ROOT / "README.md").read_text()
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)\b", readme, re.MULTILINE))
    assert {"demo", "test", "run", "up", "down", "help", "clean", "lint"} <= targets
    assert named <= targets
