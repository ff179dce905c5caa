"""Which program a command really runs, behind the runners that start it.

``FOO=1 timeout 60 uv run --frozen python -m pytest -q`` runs pytest with ``-q``.
"""

import re
from collections.abc import Mapping, Sequence

from loopwatch.detectors.shell import UNKNOWN

_ASSIGNMENT = re.compile(r"^\w+\+?=")
_ENDING = re.compile(r"\.(?:exe|cmd|bat|ps1|m?js|cjs|py)$")
_PYTHON = re.compile(r"^(?:python|pypy|py)[\d.]*$")

# Programs that run another one, and those of their options that take a value.
_WRAPPERS: Mapping[str, str] = {
    "env": "-u -C --unset --chdir",
    "time": "-f -o",
    "nice": "-n",
    "ionice": "-c -n -p",
    "timeout": "-k -s --kill-after --signal",
    "gtimeout": "-k -s --kill-after --signal",
    "stdbuf": "-i -o -e",
    "nohup": "",
    "sudo": "-u -g",
    "command": "",
    "exec": "",
    "xvfb-run": "-s -n",
    "unbuffer": "",
    "xargs": "-n -P -I -d -L -s -a",
    "npx": "-p --package -c",
    "pnpx": "",
    "bunx": "",
    "uvx": "--from --with -p --python",
    "cross-env": "",
    "dotenv": "-e -f",
}
# The same for programs that run another one by a word of theirs.
_RUNNERS: Mapping[str, tuple[str, str]] = {
    "uv": ("run", "--with --extra --group --python -p --package --directory --project --env-file"),
    "poetry": ("run", "-C --directory -P --project"),
    "pipenv": ("run", ""),
    "pdm": ("run", "-p --project"),
    "hatch": ("run", "-e --env"),
    "rye": ("run", ""),
    "pixi": ("run", "-e --environment"),
    "conda": ("run", "-n --name -p --prefix"),
    "mamba": ("run", "-n --name -p --prefix"),
    "coverage": ("run", "--source --rcfile --omit --include --data-file --context"),
    "pnpm": ("exec dlx", "-C --dir --filter"),
    "yarn": ("run exec dlx", "--cwd"),
    "npm": ("exec x", "--prefix -w --workspace"),
    "bun": ("x", "--cwd"),
    "pipx": ("run", ""),
}
_ELSEWHERE = frozenset(  # options that make a runner work in another folder
    "-C --dir --directory --chdir --cwd --prefix --project --manifest-path --filter -w --workspace"
    " -I --workspaces".split()
)
_AGAIN = 12  # runners inside one another
_ENTRY_FILES = re.compile(r"/([\w.-]+)/(?:dist/|lib/|bin/)?(?:index|main|cli)\.[cm]?js$")


def program_of(words: Sequence[str]) -> tuple[str, tuple[str, ...], bool]:
    """Return the program, its arguments, and whether it runs in the folder it is called in.

    The program is named without its folder and ending; it is empty where there is none.
    Arguments that come from elsewhere (``xargs``) end in a word that is not known.
    """
    left, is_here = list(words), True
    for _ in range(_AGAIN):
        left = _without_assignments(left)
        name = _name(left[0]) if left else ""
        inner, elsewhere = _inner(name, left)
        is_here = is_here and not elsewhere
        if inner is None:
            return name, tuple(left[1:]), is_here
        left = inner
    return "", (), False


def _inner(name: str, words: list[str]) -> tuple[list[str] | None, bool]:
    """Return the words of what a runner runs, None if it is no runner; and if it moves."""
    if _PYTHON.match(name):
        return _module(words), False
    if name == "node" and len(words) > 1 and "node_modules/" in words[1]:
        return words[1:], False
    if name in _RUNNERS:
        return _by_verb(name, words)
    if name in _WRAPPERS:
        own, rest = _skip_options(words[1:], _WRAPPERS[name].split())
        return _wrapped(name, rest), _leads_elsewhere(own)
    return None, False


def _by_verb(name: str, words: list[str]) -> tuple[list[str] | None, bool]:
    """Return what ``uv run`` and the like run; ``yarn jest`` needs no verb."""
    verbs, valued = _RUNNERS[name]
    own, rest = _skip_options(words[1:], valued.split())
    if rest and rest[0] in verbs.split():
        more, rest = _skip_options(rest[1:], valued.split())
        return _module_of(rest, more), _leads_elsewhere(own + more)
    return (rest or None) if name in {"yarn", "pnpm"} else None, _leads_elsewhere(own)


def _wrapped(name: str, rest: list[str]) -> list[str]:
    if name in {"timeout", "gtimeout"}:
        return rest[1:]
    if name == "xargs":
        return [*rest, UNKNOWN]
    if name in {"npx", "uvx"} and rest:
        return [rest[0].partition("@")[0] or rest[0], *rest[1:]]
    return rest


def _module(words: list[str]) -> list[str] | None:
    """Return what ``python -m`` runs; None without ``-m``."""
    own, rest = _skip_options(words[1:], ["-W", "-X", "-m"])
    place = own.index("-m") if "-m" in own else -1
    if place < 0 or place + 1 >= len(own):
        return None
    return [own[place + 1], *own[place + 2 :], *rest]


def _module_of(rest: list[str], options: list[str]) -> list[str]:
    """Return what a runner runs; ``coverage run -m pytest`` names a module."""
    if "-m" in options:
        return options[options.index("-m") + 1 :] + rest
    return rest


def _skip_options(words: list[str], valued: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the options at the beginning, with their values, and the rest."""
    place = 0
    while place < len(words) and words[place].startswith("-"):
        if words[place] == "--":
            return words[:place], words[place + 1 :]
        if words[place] == "-m":
            return words, []  # all the rest belongs to the module
        place += 2 if words[place] in valued else 1
    return words[:place], words[place:]


def _leads_elsewhere(options: Sequence[str]) -> bool:
    return any(option.partition("=")[0] in _ELSEWHERE for option in options)


def _without_assignments(words: list[str]) -> list[str]:
    known = (i for i, word in enumerate(words) if not _ASSIGNMENT.match(word.lstrip(UNKNOWN)))
    return words[next(known, len(words)) :]


def _name(word: str) -> str:
    """Return a program's name: ``.venv/bin/ruff`` and ``ruff.exe`` are ruff."""
    word = word.lstrip(UNKNOWN).replace("\\", "/")
    entry = _ENTRY_FILES.search(word)  # node_modules/pyright/index.js
    if entry:
        return entry[1]
    return _ENDING.sub("", word.rpartition("/")[2].lower())
