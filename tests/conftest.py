"""One Airflow home for the whole test run, made before anything imports Airflow."""

from __future__ import annotations

import atexit
import gc
import os
import re
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

from include.settings import PROJECT_ROOT, Settings, get_settings
from local.environment import airflow_environment
from sample.services import Postgres, postgres
from tests.chaos import report
from tests.stores import NewStores

SHARED = PROJECT_ROOT.parent / "shared"

# Databases are made and thrown away by the hundred: in memory, where a run has room for them and
# may start what it writes there. The workers of a run have its TMPDIR.
_MEMORY = Path("/dev/shm")
_ROOM = 8 << 30  # bytes
if (
    "TMPDIR" not in os.environ
    and _MEMORY.is_dir()
    and shutil.disk_usage(_MEMORY).free > _ROOM
    and not os.statvfs(_MEMORY).f_flag & os.ST_NOEXEC
):
    tempfile.tempdir = tempfile.mkdtemp(prefix="techpulse-tests-", dir=_MEMORY)
    Path(tempfile.tempdir).chmod(0o711)  # PostgreSQL runs as a user of its own
    atexit.register(shutil.rmtree, tempfile.tempdir, ignore_errors=True)

_HOME = tempfile.mkdtemp(prefix="techpulse-tests-")
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
# Whatever the shell has set (another Airflow, an installation, a proxy): no test meets it.
_FOREIGN = re.compile(r"(?:HTTPS?|ALL|NO)_PROXY|PG[A-Z]+", re.IGNORECASE)
_ENVIRONMENT = airflow_environment(
    Path(_HOME, "data"),
    home=Path(_HOME),
    isolated=True,
    AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION="True",
    TECHPULSE_HTTP_BACKOFF_INITIAL_SECONDS="0.01",
    TECHPULSE_TASK_RETRIES="0",
    # dag.test() cannot end a run that has one: https://github.com/apache/airflow/issues/73428
    TECHPULSE_DAILY_DEADLINE_MINUTES="0",
)
# The processes that tests start import the same modules: they are compiled once.
_ENVIRONMENT.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# dbt and the tests themselves are a million objects, which a collection looks at for nothing: a
# fifth of the processor time of a small build.
gc.set_threshold(50_000, 20, 50)
os.environ.clear()
os.environ.update({k: v for k, v in _ENVIRONMENT.items() if not _FOREIGN.fullmatch(k)})
os.environ["TMPDIR"] = tempfile.gettempdir()  # of the processes that tests start, too


_AS_ONE = ("tests/chaos", "tests/dbt/boards", "tests/e2e")


class _ByFile(LoadFileScheduling):
    """One worker a file, so that what a file shares is made once; folders that share are as one."""

    def _split_scope(self, nodeid: str) -> str:
        file = str(super()._split_scope(nodeid))
        return next((folder for folder in _AS_ONE if file.startswith(f"{folder}/")), file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling:
    """Hand out the files in their order: the long ones first."""
    config.option.loadscopereorder = False
    return _ByFile(config, log)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--slow", action="store_true", help="run the tests marked as slow, too")


def _is_quick(config: pytest.Config) -> bool:
    return not config.getoption("--slow") and config.getoption("--chaos", "short") == "short"


def pytest_configure(config: pytest.Config) -> None:
    if _is_quick(config):
        # What DuckDB takes for the number of cores: a second thread costs more than a small query
        # does, and each core has a worker.
        os.environ["SLURM_CPUS_ON_NODE"] = "1"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if _is_quick(config):
        skip = pytest.mark.skip(reason="one of the slow ones: make slow-test")
        for item in items:
            if item.get_closest_marker("slow"):
                item.add_marker(skip)


def pytest_collection_finish() -> None:
    gc.freeze()


def pytest_sessionfinish(session: pytest.Session) -> None:
    report.hand_over(session.config)


def pytest_testnodedown(node: WorkerController) -> None:
    report.gather(node)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    report.show(terminalreporter)


@pytest.fixture(autouse=True)
def _settings_are_read_anew() -> Iterator[None]:
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings whose data lie in a folder of this test alone."""
    monkeypatch.setenv("TECHPULSE_DATA_DIR", str(tmp_path / "data"))
    get_settings.cache_clear()
    return get_settings()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """A real PostgreSQL; the test is skipped where it is not installed."""
    with postgres() as server:
        yield server


def _new_stores(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> NewStores:
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres_server")
        return NewStores(request.param, lambda: server.url(server.database("serving")))
    return NewStores(
        request.param,
        lambda: f"sqlite:///{tmp_path_factory.mktemp('store') / 'folder' / 'serving.sqlite'}",
    )


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def new_store_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> NewStores:
    """Give the URL of a serving store that is not there yet; on both databases."""
    return _new_stores(request, tmp_path_factory)


@pytest.fixture(
    scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)]
)
def own_store_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> NewStores:
    """The same for rows of a test's own, which are counted alike wherever they were read."""
    return _new_stores(request, tmp_path_factory)


@pytest.fixture(scope="session")
def copy_of_store(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], str]:
    """Copy a serving store that nobody has open; give the copy's URL."""

    def copy(url: str) -> str:
        if url.startswith("postgresql"):
            server: Postgres = request.getfixturevalue("postgres_server")
            return server.url(server.database("serving", template=url.rpartition("/")[2]))
        path = tmp_path_factory.mktemp("store") / "serving.sqlite"
        shutil.copy(url.removeprefix("sqlite:///"), path)
        return f"sqlite:///{path}"

    return copy


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The recorded data beside the project; the test is skipped where there is none."""
    if not (SHARED / "data").is_dir():
        pytest.skip("no recorded data beside the project")
    return SHARED / "data"


@pytest.fixture(scope="session")
def airflow_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Airflow's metadata database, migrated; yield a copy of it as it is then, for other homes."""
    from airflow.sdk.definitions import dag
    from airflow.utils.db import initdb

    initdb()
    copy = tmp_path_factory.mktemp("airflow-database") / "airflow.db"
    with (
        closing(sqlite3.connect(Path(_HOME, "airflow.db"))) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(time, "sleep", _sleep_but_not_for(dag.__file__))
        yield copy


def _sleep_but_not_for(file: str) -> Callable[[float], None]:
    """dag.test() sleeps for a second whenever it has skipped or expanded tasks and started none."""
    genuine = time.sleep

    def sleep(seconds: float) -> None:
        genuine(0.01 if sys._getframe(1).f_code.co_filename == file else seconds)

    return sleep
