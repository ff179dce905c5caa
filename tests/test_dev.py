"""dev.py: what it decides, and one real run."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import dev

PYPROJECT = {
    "dependency-groups": {
        "lint": ["ruff>=1", "mypy"],
        "dev": ["pytest>=8", {"include-group": "lint"}, "mypy"],
        "ring": [{"include-group": "ring"}],
    }
}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["lint"], ["ruff>=1", "mypy"]),
        (["dev"], ["pytest>=8", "ruff>=1", "mypy"]),  # an included group, and mypy once
        (["lint", "dev"], ["ruff>=1", "mypy", "pytest>=8"]),
        ([], []),
    ],
)
def test_group_requirements(names: list[str], expected: list[str]) -> None:
    assert dev.group_requirements(PYPROJECT, names) == expected


@pytest.mark.parametrize(("name", "complaint"), [("ring", "itself"), ("nope", "no dependency")])
def test_group_requirements_refuses(name: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        dev.group_requirements(PYPROJECT, [name])


@pytest.mark.parametrize("version", [(3, 11, 0), (3, 14, 1), (4, 0, 0)])
def test_a_python_that_will_do(version: tuple[int, ...]) -> None:
    assert dev.version_complaint(version) is None


def test_an_older_python_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    complaint = dev.version_complaint((3, 9, 2))
    assert complaint is not None
    assert "needs Python 3.11 or newer; this is 3.9.2" in complaint


def test_an_older_python_is_told_of_a_newer_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: name if "13" in name else None)
    assert "run `python3.13 dev.py`" in (dev.version_complaint((3, 10, 1)) or "")


def test_main_stops_at_an_older_python(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "version_complaint", lambda _: "too old")
    assert dev.main(["test"]) == 2
    assert capsys.readouterr().err == "dev.py: too old\n"


@pytest.mark.parametrize(("arguments", "status"), [([], 2), (["nope"], 2), (["--help"], 0)])
def test_main_explains_itself(
    arguments: list[str], status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert dev.main(arguments) == status
    printed = capsys.readouterr()
    assert "dev.py demo" in (printed.out if status == 0 else printed.err)


def test_the_digest_sees_all_that_an_installation_depends_on(tmp_path: Path) -> None:
    digests = {
        dev.digest(b"a", tmp_path, (3, 11)),
        dev.digest(b"b", tmp_path, (3, 11)),
        dev.digest(b"a", tmp_path / "moved", (3, 11)),
        dev.digest(b"a", tmp_path, (3, 12)),
    }
    assert len(digests) == 4
    assert dev.digest(b"a", tmp_path, (3, 11, 1)) in digests  # a patch release changes nothing


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (json.dumps({"digest": "now", "groups": ["dev"]}), {"dev"}),
        (json.dumps({"digest": "before", "groups": ["dev"]}), set()),
        ('{"digest": "now"', set()),  # cut short
        ("[]", set()),
        ("", set()),
        (None, set()),  # no stamp: never set up, or interrupted
    ],
)
def test_installed_groups(content: str | None, expected: set[str], tmp_path: Path) -> None:
    stamp = tmp_path / "stamp.json"
    if content is not None:
        stamp.write_text(content, encoding="utf-8")
    assert dev.installed_groups(stamp, "now") == expected


def test_a_setting_that_leads_astray_is_dropped() -> None:
    given = {"UV_FROZEN": "1", "PIP_TARGET": "x", "UV_INDEX": "mine", "PIP_INDEX_URL": "mine"}
    cleaned = dev.tool_environment(given)
    assert cleaned.keys() & given.keys() == {"UV_INDEX", "PIP_INDEX_URL"}


class SetUp:
    """Stands in for the programs that a set-up runs, and remembers which."""

    def __init__(self, *, works: bool = True) -> None:
        self.works = works
        self.done: list[str] = []

    def succeeds(self, _command: object, *, quiet: bool = False) -> bool:
        return self.works

    def make_venv(self, _uv: object) -> None:
        self.done.append("venv")

    def install(self, groups: list[str]) -> None:
        self.done.append("install " + " ".join(groups))


@pytest.fixture
def set_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SetUp:
    """Give a project folder of our own, whose .venv exists and runs."""
    double = SetUp()
    (tmp_path / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    (tmp_path / ".venv").mkdir()
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "STAMP", tmp_path / ".venv" / "stamp.json")
    for name in ("succeeds", "make_venv", "install"):
        monkeypatch.setattr(dev, name, getattr(double, name))
    return double


def test_a_second_set_up_does_nothing(set_up: SetUp) -> None:
    dev.set_up(["dev"])
    assert set_up.done == ["install dev"]
    dev.set_up(["dev"])
    assert set_up.done == ["install dev"]


def test_another_group_is_installed_beside_the_first(set_up: SetUp) -> None:
    dev.set_up(["dev"])
    dev.set_up(["dev", "bench"])
    dev.set_up(["dev"])
    assert set_up.done == ["install dev", "install bench dev"]


def test_a_changed_pyproject_is_installed_again(set_up: SetUp) -> None:
    dev.set_up(["dev"])
    (dev.ROOT / "pyproject.toml").write_text("[project]\nname = 'x'\n", encoding="utf-8")
    dev.set_up(["dev"])
    assert set_up.done == ["install dev", "install dev"]


def test_a_broken_venv_is_made_again(set_up: SetUp) -> None:
    dev.set_up(["dev"])
    set_up.works = False
    dev.set_up(["dev"])
    assert set_up.done == ["install dev", "venv", "install dev"]


def test_an_interrupted_install_is_done_again(
    set_up: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_groups: object) -> None:
        raise KeyboardInterrupt

    dev.set_up(["dev"])
    before = (dev.ROOT / "pyproject.toml").read_bytes()
    (dev.ROOT / "pyproject.toml").write_bytes(b"[tool]")
    with monkeypatch.context() as patch:
        patch.setattr(dev, "install", interrupted)
        with pytest.raises(KeyboardInterrupt):
            dev.set_up(["dev"])
    (dev.ROOT / "pyproject.toml").write_bytes(before)  # and nobody trusts the old stamp
    dev.set_up(["dev"])
    assert set_up.done == ["install dev", "install dev"]


def test_a_missing_venv_module_has_a_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dev, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(dev, "succeeds", SetUp(works=False).succeeds)
    with pytest.raises(dev.SetUpError, match="apt install python3-venv"):
        dev.make_venv(None)


def test_what_is_in_the_way_of_a_venv_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept").touch()
    (tmp_path / ".venv").symlink_to(elsewhere)
    monkeypatch.setattr(dev, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(dev, "succeeds", SetUp().succeeds)
    dev.make_venv(None)
    assert not dev.VENV.exists()
    assert (elsewhere / "kept").exists()


def test_pip_installs_where_uv_cannot(monkeypatch: pytest.MonkeyPatch) -> None:
    ran: list[list[str]] = []

    def succeeds(command: list[str], *, quiet: bool = False) -> bool:
        ran.append(command)
        return command[0] != "uv"

    monkeypatch.setattr(dev, "find_uv", lambda: "uv")
    monkeypatch.setattr(dev, "succeeds", succeeds)
    dev.install(["dev"])
    assert [command[0] for command in ran] == ["uv", dev.PYTHON, dev.PYTHON]
    assert ran[0][ran[0].index("--editable") :] == ran[-1][ran[-1].index("--editable") :]


def test_every_step_runs_and_one_failure_fails_all(capfd: pytest.CaptureFixture[str]) -> None:
    steps = [
        ("bad", [sys.executable, "-c", "raise SystemExit(3)"]),
        ("good", [sys.executable, "-c", "print('seen')"]),
    ]
    assert dev.run_steps(steps) == 1
    assert dev.run_steps(steps[1:]) == 0
    printed = capfd.readouterr().out
    assert "FAILED (3)" in printed
    assert "seen" in printed


@pytest.mark.skipif(not dev.STAMP.exists(), reason="not run by dev.py")
def test_run_is_loopwatch_from_where_you_are(tmp_path: Path) -> None:
    (tmp_path / "loopwatch.py").write_text("raise SystemExit('the wrong one')", encoding="utf-8")
    command = [sys.executable, str(dev.ROOT / "dev.py"), "run"]
    version = subprocess.run(
        [*command, "--version"], cwd=tmp_path, env=os.environ, capture_output=True, check=False
    )
    assert (version.returncode, version.stderr) == (0, b"")
    assert b"0.1.0" in version.stdout
    wrong = subprocess.run([*command, "nope"], cwd=tmp_path, capture_output=True, check=False)
    assert wrong.returncode == 2
