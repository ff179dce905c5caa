"""``action.yml`` and the workflow that ``install github`` writes: pinned, and nothing injected."""

import importlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import dev
from loopwatch import __version__
from loopwatch.entrypoints import github_action
from loopwatch.installing.ci_files import GITHUB

yaml: Any = importlib.import_module("yaml")
BIN = Path(sys.executable).parent
FILE = dev.ROOT / "action.yml"
TEXT = FILE.read_text(encoding="utf-8")
ACTION = yaml.safe_load(TEXT)
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
WORKFLOW = GITHUB.format(version=__version__)
PINNED = re.compile(r"[\w-]+/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def used(text: str) -> Iterator[str]:
    """Yield each action that a text uses, with the comment behind it."""
    for line in text.splitlines():
        if "uses:" in line:
            yield line.partition("uses:")[2].strip()


def test_all_that_is_used_is_pinned() -> None:
    found = [*used(TEXT), *used(WORKFLOW)]
    assert len(found) == 5
    assert [one for one in found if not PINNED.fullmatch(one)] == []


def test_no_expression_stands_in_a_script() -> None:
    assert ACTION["runs"]["using"] == "composite"
    scripts = [step for step in STEPS if "run" in step]
    assert len(scripts) == 2
    for step in scripts:
        assert "${{" not in step["run"]
        assert step["shell"] == "bash"


def test_python_never_takes_a_file_of_the_request_for_a_module() -> None:
    """Without -I, ``python -m pip`` in a checkout runs the checkout's ``pip.py``."""
    steps = [*STEPS, *yaml.safe_load(WORKFLOW)["jobs"]["loopwatch"]["steps"]]
    calls = [
        line.strip()
        for step in steps
        for line in step.get("run", "").splitlines()
        if re.search(r"python\S* -|PYTHON\S* -", line)
    ]
    assert len(calls) == 5
    assert [line for line in calls if " -I -m " not in line] == []


def test_inputs_reach_the_script_under_the_names_that_it_reads() -> None:
    (check,) = (step for step in STEPS if step.get("id") == "check")
    given = {name: value for name, value in check["env"].items() if name.startswith("INPUT_")}
    for name, value in given.items():
        key = name.removeprefix(github_action.PREFIX).lower().replace("_", "-")
        assert value == f"${{{{ inputs.{key} }}}}"
    read = set(re.findall(r'"([a-z]+(?:-[a-z]+)*)"', Path(github_action.__file__).read_text()))
    keys = {name.removeprefix("INPUT_").lower().replace("_", "-") for name in given}
    assert {key for key in keys if not key.endswith("-results")} <= read
    for key in ACTION["inputs"]:
        assert f"inputs.{key} " in TEXT, f"{key} is given, and not used"


def test_what_is_uploaded_decides_nothing() -> None:
    for step in STEPS:
        if "upload" in step.get("uses", ""):
            assert step["continue-on-error"] is True
            assert step["if"].startswith("${{ !cancelled() && ")


@pytest.mark.parametrize("exists", ["bin/python", "Scripts/python.exe"])
def test_the_step_that_installs(tmp_path: Path, exists: str) -> None:
    """Run its script with a Python that only writes down how it is called."""
    (install,) = (step for step in STEPS if step.get("id") == "install")
    calls, python, output = (tmp_path / name for name in ("calls", "python", "output"))
    python.write_text(
        "#!/bin/sh\n"
        f'echo "$*" >>"{calls}"\n'
        f'[ "$3" != venv ] || {{ mkdir -p "$4/{exists.partition("/")[0]}"; '
        f'cp "$0" "$4/{exists}"; }}\n',
        encoding="utf-8",
    )
    python.chmod(0o755)
    subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", install["run"]],
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHON": str(python),
            "RUNNER_TEMP": str(tmp_path),
            "GITHUB_OUTPUT": str(output),
            "SOURCE": "/a path/loopwatch[languages]",
        },
        check=True,
    )
    made = Path(output.read_text(encoding="utf-8").removeprefix("python=").strip())
    assert made.relative_to(made.parents[1]).as_posix() == exists
    assert calls.read_text(encoding="utf-8").splitlines() == [
        f"-I -m venv {made.parents[1]}",
        "-I -m pip install --quiet --disable-pip-version-check /a path/loopwatch[languages]",
    ]


def test_an_auditor_of_workflows_finds_nothing(tmp_path: Path) -> None:
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    (folder / "loopwatch.yml").write_text(WORKFLOW, encoding="utf-8")
    (tmp_path / "action.yml").write_text(TEXT, encoding="utf-8")
    options = ("--offline", "--persona=pedantic", "--no-progress")
    command = [str(BIN / "zizmor"), *options, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (folder / "loopwatch.yml").write_text(
        WORKFLOW.replace("on: pull_request", "on: pull_request_target"), encoding="utf-8"
    )
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "dangerous-triggers" in done.stdout
