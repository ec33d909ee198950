from __future__ import annotations

import sys
from pathlib import Path

import pytest

from local.steps import StepFailedError, Steps


@pytest.fixture
def steps(tmp_path: Path) -> Steps:
    return Steps(tmp_path / "logs" / "x.log", {"PATH": "/usr/bin"})


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_step_prints_one_line_and_logs_the_rest(
    steps: Steps, capsys: pytest.CaptureFixture[str]
) -> None:
    assert steps.run("a step", python("print('much'); print('more')")) == "much\nmore\n"
    printed = capsys.readouterr().out
    assert printed.startswith("   1  a step (")
    assert printed.count("\n") == 1
    assert "much\nmore" in steps.log.read_text()


def test_failed_step_tells_the_last_error_and_names_the_log(steps: Steps) -> None:
    code = "import sys; print('a.b.FirstError: no'); print('x.LastError: why [1]'); sys.exit(3)"
    with pytest.raises(StepFailedError) as caught:
        steps.run("a step", python(code))
    assert "x.LastError: why [1]" in str(caught.value)
    assert "FirstError" not in str(caught.value)
    assert str(steps.log) in str(caught.value)


def test_failed_step_without_an_error_tells_its_last_line(steps: Steps) -> None:
    with pytest.raises(StepFailedError, match="the end"):
        steps.run("a step", python("print('begin'); print('the end'); raise SystemExit(1)"))
