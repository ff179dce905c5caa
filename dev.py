#!/usr/bin/env python3
"""All that a developer needs, from a fresh clone: Python 3.11 or newer, and git.

python3 dev.py demo              see loopwatch find a loop
python3 dev.py test [ARGS]       format, lint, types, imports, tests; ARGS go to pytest
python3 dev.py lint              the same without the tests
python3 dev.py format            rewrite the code in the house style
python3 dev.py run ARGS          loopwatch ARGS, from the folder you are in
python3 dev.py golden [ARGS]     write the golden files anew, and show what changed
python3 dev.py bench NAME [ARGS] run benchmarks/NAME.py

The first call makes .venv and installs into it; later ones start at once. Your own settings of
pip and uv apply. Delete .venv to begin afresh.
"""

# Only syntax of Python 3.7, so that an older Python too can say what is missing.
from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

OLDEST = (3, 11)
NEWER = ("python3.14", "python3.13", "python3.12", "python3.11")
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
STAMP = VENV / "dev-stamp.json"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
EXE = ".exe" if os.name == "nt" else ""
PYTHON = str(BIN / f"python{EXE}")
PIP_INSTALL = (PYTHON, "-m", "pip", "install", "--quiet")
PROJECT = ".[languages]"
CODE = ("src", "tests", "dev.py")

# Settings that would send an install elsewhere than into .venv, or ask for a lock file.
ASTRAY = frozenset(
    "PIP_PREFIX PIP_REQUIRE_VIRTUALENV PIP_ROOT PIP_TARGET PYTHONHOME PYTHONPATH UV_FROZEN "
    "UV_LOCKED UV_PREFIX UV_PROJECT UV_PROJECT_ENVIRONMENT UV_PYTHON UV_SYSTEM_PYTHON UV_TARGET "
    "UV_WORKING_DIRECTORY VIRTUAL_ENV".split()
)
# What a sound .venv can import; found, not loaded, which takes a few milliseconds.
PROBE = """
import importlib.util, sys
names = ("loopwatch", "click", "networkx", "tree_sitter", "pytest", "mypy", "ruff")
sys.exit(not all(map(importlib.util.find_spec, names)))
"""


class SetUpError(Exception):
    """The tools could not be installed; the text says what to do."""


# --- what is wanted -------------------------------------------------------------------------


def version_complaint(version: tuple[int, ...]) -> str | None:
    """Return what to tell the user of a Python that is too old, or None."""
    if version[:2] >= OLDEST:
        return None
    newer = next((name for name in NEWER if shutil.which(name)), None)
    advice = f"run `{newer} dev.py`" if newer else "install a newer one and run dev.py with it"
    found = ".".join(map(str, version[:3]))
    return f"loopwatch needs Python {OLDEST[0]}.{OLDEST[1]} or newer; this is {found}: {advice}"


def group_requirements(pyproject: Mapping[str, Any], names: Iterable[str]) -> list[str]:
    """Return the requirements of dependency groups, each once, included groups too.

    Source:
        PEP 735. Read here because the pip that comes with Python 3.11 cannot.

    Raises:
        ValueError: a group is missing, or includes itself.
    """
    groups: Mapping[str, Any] = pyproject.get("dependency-groups", {})

    def expand(name: str, path: tuple[str, ...]) -> Iterator[str]:
        if name in path:
            raise ValueError(f"dependency group {name!r} includes itself")
        if name not in groups:
            raise ValueError(f"there is no dependency group {name!r}")
        for entry in groups[name]:
            if isinstance(entry, str):
                yield entry
            else:
                yield from expand(entry["include-group"], (*path, name))

    return list(dict.fromkeys(entry for name in names for entry in expand(name, ())))


def digest(pyproject: bytes, root: Path, version: tuple[int, ...]) -> str:
    """Return what an installation depends on, as one short text.

    The folder is in, because a virtual environment cannot be moved.
    """
    parts = (pyproject, os.fsencode(root), repr(version[:2]).encode())
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def installed_groups(stamp: Path, expected: str) -> frozenset[str]:
    """Return the groups that ``stamp`` says are installed; none if it is for something else."""
    try:
        content = json.loads(stamp.read_text(encoding="utf-8"))
        return frozenset(content["groups"]) if content["digest"] == expected else frozenset()
    except (OSError, ValueError, TypeError, KeyError):
        return frozenset()


def tool_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return ``environ`` without what would lead an installer astray."""
    kept = {name: value for name, value in environ.items() if name.upper() not in ASTRAY}
    return {**kept, "PIP_USER": "0", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}


# --- setting up -----------------------------------------------------------------------------


def say(text: str) -> None:
    """Tell the user something on stderr: stdout belongs to the command."""
    print(f"dev.py: {text}", file=sys.stderr, flush=True)


def succeeds(command: Sequence[str], *, quiet: bool = False) -> bool:
    """Run one step of the set-up; its output, if any, goes to stderr."""
    sink = subprocess.DEVNULL if quiet else 2
    try:
        done = subprocess.run(
            list(command),
            cwd=ROOT,
            env=tool_environment(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=sink,
            check=False,
        )
    except OSError:
        return False
    return done.returncode == 0


def make_venv(uv: str | None) -> None:
    """Make .venv from nothing, with uv where there is one: it is faster and needs no ensurepip."""
    if VENV.is_dir() and not VENV.is_symlink():
        shutil.rmtree(VENV)
    elif VENV.is_symlink() or VENV.exists():
        VENV.unlink()
    # Not the Python of the .venv that was there a moment ago.
    python = getattr(sys, "_base_executable", None) or sys.executable
    if uv and succeeds([uv, "venv", "--quiet", "--no-project", "--python", python, str(VENV)]):
        return
    if not succeeds([python, "-m", "venv", "--clear", str(VENV)], quiet=True):
        shutil.rmtree(VENV, ignore_errors=True)
        raise SetUpError(
            "Python's venv module is missing or broken; on Debian and Ubuntu: "
            "apt install python3-venv"
        )


def find_uv() -> str | None:
    """Return a uv to install with: in .venv, on PATH, or put into .venv just now."""
    inside = str(BIN / f"uv{EXE}")
    for candidate in (inside, shutil.which("uv")):
        if candidate and succeeds([candidate, "--version"], quiet=True):
            return candidate
    ensure_pip()
    return inside if succeeds([*PIP_INSTALL, "uv"], quiet=True) else None


def ensure_pip() -> None:
    """Put pip into .venv if it is not there: uv leaves it out, an interruption too."""
    if not succeeds([PYTHON, "-m", "pip", "--version"], quiet=True):
        succeeds([PYTHON, "-m", "ensurepip"], quiet=True)


def install(groups: Sequence[str]) -> None:
    """Install loopwatch, editable, with ``groups``: by uv, or else by pip."""
    import tomllib

    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = ["--editable", PROJECT, *group_requirements(pyproject, groups)]
    uv = find_uv()
    if uv and succeeds([uv, "pip", "install", "--quiet", "--python", PYTHON, *wanted]):
        return
    if uv:
        say("uv could not install; trying pip")
    ensure_pip()
    if not succeeds([*PIP_INSTALL, *wanted]):
        raise SetUpError("could not install what loopwatch needs; the lines above say why")


def is_sound(groups: Iterable[str], have: frozenset[str]) -> bool:
    """Say whether .venv is finished, still runs and has ``groups``."""
    return have.issuperset(groups) and succeeds([PYTHON, "-c", PROBE], quiet=True)


def set_up(groups: Sequence[str]) -> None:
    """Make .venv hold loopwatch and ``groups``; do nothing if it does already."""
    pyproject = (ROOT / "pyproject.toml").read_bytes()
    expected = digest(pyproject, ROOT, sys.version_info[:2])
    have = installed_groups(STAMP, expected)
    if is_sound(groups, have):
        return
    say(f"setting up {VENV.name} (once; seconds to a minute)")
    started = time.monotonic()
    check = f"import sys; sys.exit(sys.version_info[:2] != {sys.version_info[:2]})"
    # A stamp for this very folder and a failed probe: something inside is broken.
    if have.issuperset(groups) or not succeeds([PYTHON, "-c", check], quiet=True):
        make_venv(shutil.which("uv"))
    STAMP.unlink(missing_ok=True)
    union = sorted(have.union(groups))
    install(union)
    # Last, and in one step: a set-up cut short leaves no stamp and is done again.
    fresh = STAMP.with_suffix(".new")
    fresh.write_text(json.dumps({"digest": expected, "groups": union}), encoding="utf-8")
    fresh.replace(STAMP)
    say(f"ready after {time.monotonic() - started:.1f} s")


# --- commands -------------------------------------------------------------------------------


def become(command: Sequence[str]) -> int:
    """Run ``command`` in our place: its folder, streams, signals and exit status are ours."""
    if os.name == "posix":
        os.execv(command[0], list(command))  # noqa: S606 - no shell is what we want
    return subprocess.call(list(command))


def run_steps(steps: Sequence[tuple[str, Sequence[str]]]) -> int:
    """Run every step, also after one failed; return 1 if any did."""
    outcomes = []
    for name, command in steps:
        print(f"== {name}", flush=True)
        started = time.monotonic()
        status = subprocess.call(list(command), cwd=ROOT)
        outcomes.append((name, status, time.monotonic() - started))
    print("==")
    for name, status, seconds in outcomes:
        verdict = "ok" if status == 0 else f"FAILED ({status})"
        print(f"{name:<8} {seconds:6.1f} s  {verdict}", flush=True)
    return int(any(status for _, status, _ in outcomes))


def lint_steps() -> list[tuple[str, Sequence[str]]]:
    """Return what judges the code without running it."""
    return [
        ("format", [PYTHON, "-m", "ruff", "format", "--check", "."]),
        ("lint", [PYTHON, "-m", "ruff", "check", "."]),
        ("types", [PYTHON, "-m", "mypy", "--strict", *CODE]),
        ("imports", [str(BIN / f"lint-imports{EXE}")]),
    ]


def pytest_command(arguments: Sequence[str]) -> list[str]:
    """Return the command that runs the tests, on all processors unless they are debugged."""
    workers = [] if "--pdb" in arguments else ["-n", "auto"]
    return [PYTHON, "-m", "pytest", *workers, *arguments]


def demo(arguments: Sequence[str]) -> int:
    """See loopwatch find a loop."""
    return run(["demo", *arguments])


def run(arguments: Sequence[str]) -> int:
    """Run loopwatch itself; -P keeps modules of the user's folder out of it."""
    set_up(["dev"])
    return become([PYTHON, "-P", "-m", "loopwatch", *arguments])


def lint(arguments: Sequence[str]) -> int:
    """Judge the code without running it."""
    if arguments:
        raise SetUpError("lint takes no arguments")
    set_up(["dev"])
    return run_steps(lint_steps())


def test(arguments: Sequence[str]) -> int:
    """Judge the code, then run the tests."""
    set_up(["dev"])
    return run_steps([*lint_steps(), ("tests", pytest_command(arguments))])


def format_code(arguments: Sequence[str]) -> int:
    """Rewrite the code in the house style."""
    set_up(["dev"])
    paths = list(arguments) or ["."]
    fix = [PYTHON, "-m", "ruff", "check", "--fix", *paths]
    return run_steps([("fix", fix), ("format", [PYTHON, "-m", "ruff", "format", *paths])])


def golden(arguments: Sequence[str]) -> int:
    """Write the golden files anew, then show what is different."""
    set_up(["dev"])
    update = pytest_command(["--update-golden", *arguments])
    changed = ["git", "--no-pager", "diff", "--stat", "--", "tests/golden", "fixtures"]
    return run_steps([("update", update), ("changed", changed)])


def bench(arguments: Sequence[str]) -> int:
    """Run one benchmark."""
    names = sorted(path.stem for path in (ROOT / "benchmarks").glob("[!_]*.py"))
    if not arguments or arguments[0] not in names:
        raise SetUpError("bench NAME, where NAME is one of: " + (", ".join(names) or "none yet"))
    set_up(["dev", "bench"])
    return become([PYTHON, str(ROOT / "benchmarks" / f"{arguments[0]}.py"), *arguments[1:]])


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "demo": demo,
    "test": test,
    "lint": lint,
    "format": format_code,
    "run": run,
    "golden": golden,
    "bench": bench,
}


def main(arguments: Sequence[str]) -> int:
    """Run one command; return its exit status, or 2 if it could not be run."""
    complaint = version_complaint(sys.version_info[:3])
    if complaint:
        say(complaint)
        return 2
    if not arguments or arguments[0] not in COMMANDS:
        asked = bool(arguments) and arguments[0] in {"-h", "--help", "help"}
        print(__doc__.strip(), file=sys.stdout if asked else sys.stderr)
        return 0 if asked else 2
    try:
        return COMMANDS[arguments[0]](arguments[1:])
    except (SetUpError, OSError) as error:
        say(str(error))
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
