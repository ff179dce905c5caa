"""Which rules a configuration file switches off, read as text with the standard library.

Comments in JSON are taken out first; configuration that is a program (``eslint.config.js``)
is read by what it looks like, not run.
"""

import configparser
import fnmatch
import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

EVERYTHING = "*"  # as a rule: all of them

# What strict mode adds, as the manuals of the tools and their messages have it.
STRICT_MYPY = (
    "no-untyped-def no-untyped-call untyped-decorator type-arg no-any-return no-any-expr"
    " unused-ignore redundant-cast comparison-overlap"
).split()
TSC_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "noImplicitAny": ("TS7005", "TS7006", "TS7016", "TS7031", "TS7034", "TS7053"),
    "strictNullChecks": ("TS2531", "TS2532", "TS2533", "TS18047", "TS18048", "TS18049"),
    "strictPropertyInitialization": ("TS2564",),
    "noUnusedLocals": ("TS6133", "TS6192", "TS6196"),
    "noUnusedParameters": ("TS6133",),
    "noImplicitReturns": ("TS7030",),
    "noFallthroughCasesInSwitch": ("TS7029",),
    "noImplicitThis": ("TS2683",),
    "noImplicitOverride": ("TS4114",),
}
_STRICT_PARTS = "noImplicitAny strictNullChecks strictPropertyInitialization noImplicitThis".split()
STRICT_TSC = tuple(rule for part in _STRICT_PARTS for rule in TSC_OPTIONS[part])

_COMMENT = re.compile(r"\"(?:\\.|[^\"\\])*\"|//[^\n]*|/\*.*?\*/", re.DOTALL)
_TRAILING_COMMA = re.compile(r",(\s*[}\]])")
_JS_OFF = re.compile(r"[\"']?([@\w/-]+)[\"']?\s*:\s*\[?\s*(?:[\"']off[\"']|0\b)")
_WORDS = re.compile(r"[\w.*/@-]+")


@dataclass(frozen=True, slots=True, order=True)
class Switch:
    """A rule that is off."""

    tool: str  # "ruff", "mypy", "eslint", "tsc", "pytest", ...
    rule: str  # or what its names begin with; EVERYTHING: all
    paths: str = ""  # files by a glob, or modules; "": everywhere

    def covers(self, rule: str, path: str | None) -> bool:
        """Tell whether a rule is off for a file."""
        if self.rule != EVERYTHING and not _names(self.rule, rule):
            return False
        return not self.paths or (path is not None and _matches(self.paths, path))


def newly_off(path: str, old: str, new: str) -> frozenset[Switch]:
    """Return what a configuration file switches off that it did not before.

    Args:
        path: of the file; its name says how it is read.
        old: its text before; empty: it was not there.
        new: its text after.
    """
    gone = _selected(path, old) - _selected(path, new)
    return (switches(path, new) - switches(path, old)) | gone


def switches(path: str, text: str) -> frozenset[Switch]:
    """Return what a configuration file switches off; nothing where it cannot be read."""
    name = path.rpartition("/")[2]
    try:
        return frozenset(_read(name, text))
    except (ValueError, configparser.Error, TypeError, AttributeError, RecursionError):
        return frozenset()


def _read(name: str, text: str) -> Iterator[Switch]:
    if name == "pyproject.toml":
        tools = tomllib.loads(text).get("tool", {})
        yield from _ruff(tools.get("ruff", {}))
        yield from _mypy_toml(tools.get("mypy", {}))
        yield from _pyright(tools.get("pyright", {}) | tools.get("basedpyright", {}))
        yield from _pytest(tools.get("pytest", {}).get("ini_options", {}))
        yield from _pylint(tools.get("pylint", {}))
    elif name in ("ruff.toml", ".ruff.toml"):
        yield from _ruff(tomllib.loads(text))
    elif name in ("setup.cfg", "mypy.ini", ".mypy.ini", "tox.ini", ".flake8", "pytest.ini"):
        yield from _ini(text)
    elif name.startswith("tsconfig") and name.endswith(".json"):
        yield from _tsconfig(_json(text))
    elif name == "pyrightconfig.json":
        yield from _pyright(_json(text))
    elif name.startswith((".eslintrc", "eslint.config.")):
        yield from (Switch("eslint", found[1]) for found in _JS_OFF.finditer(text))


def _selected(path: str, text: str) -> frozenset[Switch]:
    """Return what a configuration file switches on that is off by default."""
    name = path.rpartition("/")[2]
    try:
        return frozenset(_read_selected(name, text))
    except (ValueError, configparser.Error, TypeError, AttributeError, RecursionError):
        return frozenset()


def _read_selected(name: str, text: str) -> Iterator[Switch]:
    if name == "pyproject.toml":
        tools = tomllib.loads(text).get("tool", {})
        yield from _ruff_selected(tools.get("ruff", {}))
        yield from _strict("mypy", tools.get("mypy", {}), STRICT_MYPY)
    elif name in ("ruff.toml", ".ruff.toml"):
        yield from _ruff_selected(tomllib.loads(text))
    elif name in ("setup.cfg", "mypy.ini", ".mypy.ini"):
        parser = configparser.ConfigParser(interpolation=None, strict=False)
        parser.read_string(text)
        if parser.has_section("mypy"):
            yield from _strict("mypy", dict(parser["mypy"]), STRICT_MYPY)
    elif name.startswith("tsconfig") and name.endswith(".json"):
        yield from _strict("tsc", _mapping(_json(text).get("compilerOptions")), STRICT_TSC)


def _ruff_selected(ruff: Mapping[str, object]) -> Iterator[Switch]:
    for part in (ruff, _mapping(ruff.get("lint"))):
        for key in ("select", "extend-select"):
            yield from (Switch("ruff", rule) for rule in _texts(part.get(key)) if rule != "ALL")


def _strict(tool: str, section: Mapping[str, object], rules: Iterable[str]) -> Iterator[Switch]:
    if _is(section.get("strict"), "true"):
        yield from (Switch(tool, rule) for rule in rules)


def _ruff(ruff: Mapping[str, object]) -> Iterator[Switch]:
    for part in (ruff, _mapping(ruff.get("lint"))):
        for key in ("ignore", "extend-ignore"):
            yield from (Switch("ruff", rule) for rule in _texts(part.get(key)))
        for key in ("per-file-ignores", "extend-per-file-ignores"):
            for glob, rules in _mapping(part.get(key)).items():
                yield from (Switch("ruff", rule, glob) for rule in _texts(rules))
        for key in ("exclude", "extend-exclude"):
            yield from (Switch("ruff", EVERYTHING, glob) for glob in _texts(part.get(key)))


def _mypy_toml(mypy: Mapping[str, object]) -> Iterator[Switch]:
    yield from _mypy(mypy, "")
    overrides = mypy.get("overrides", [])
    for part in overrides if isinstance(overrides, list) else []:
        for module in _texts(part.get("module")):
            yield from _mypy(part, _module_glob(module))


def _mypy(section: Mapping[str, object], paths: str) -> Iterator[Switch]:
    yield from (Switch("mypy", code, paths) for code in _texts(section.get("disable_error_code")))
    if _is(section.get("ignore_errors"), "true"):
        yield Switch("mypy", EVERYTHING, paths)
    if _is(section.get("ignore_missing_imports"), "true"):
        yield from (Switch("mypy", code, paths) for code in ("import", "import-untyped"))
    yield from (Switch("mypy", EVERYTHING, glob) for glob in _texts(section.get("exclude")))


def _pyright(section: Mapping[str, object]) -> Iterator[Switch]:
    for key, value in section.items():
        if key.startswith("report") and (_is(value, "false") or _is(value, "none")):
            yield Switch("pyright", key)
    for key in ("exclude", "ignore"):
        yield from (Switch("pyright", EVERYTHING, glob) for glob in _texts(section.get(key)))
    if _is(section.get("typeCheckingMode"), "off"):
        yield Switch("pyright", EVERYTHING)


def _pytest(section: Mapping[str, object]) -> Iterator[Switch]:
    options = " ".join(_texts(section.get("addopts")))
    for left_out in re.finditer(r"--(?:ignore|ignore-glob|deselect)[= ](\S+)", options):
        yield Switch("pytest", EVERYTHING, left_out[1])
    yield from (Switch("pytest", EVERYTHING, glob) for glob in _texts(section.get("norecursedirs")))


def _pylint(section: Mapping[str, object]) -> Iterator[Switch]:
    for part in (section, *map(_mapping, section.values())):
        yield from (Switch("pylint", rule) for rule in _texts(part.get("disable")))


def _ini(text: str) -> Iterator[Switch]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    parser.read_string(text)
    for name in parser.sections():
        section = dict(parser[name])
        if name == "mypy":
            yield from _mypy(section, "")
        elif name.startswith("mypy-"):
            for module in _WORDS.findall(name[len("mypy-") :]):
                yield from _mypy(section, _module_glob(module))
        elif name in ("pytest", "tool:pytest"):
            yield from _pytest({key: value.replace("\n", " ") for key, value in section.items()})
        elif name == "flake8":
            yield from _flake8(section)


def _flake8(section: Mapping[str, str]) -> Iterator[Switch]:
    for key in ("ignore", "extend-ignore"):
        yield from (Switch("flake8", rule) for rule in _texts(section.get(key)))
    yield from (Switch("flake8", EVERYTHING, glob) for glob in _texts(section.get("exclude")))
    for line in section.get("per-file-ignores", "").splitlines():
        glob, _, rules = line.partition(":")
        yield from (Switch("flake8", rule, glob.strip()) for rule in _texts(rules))


def _tsconfig(config: Mapping[str, object]) -> Iterator[Switch]:
    for key, value in _mapping(config.get("compilerOptions")).items():
        if _is(value, "false"):
            yield from (Switch("tsc", rule) for rule in TSC_OPTIONS.get(key, ()))
    yield from (Switch("tsc", EVERYTHING, glob) for glob in _texts(config.get("exclude")))


def _json(text: str) -> Mapping[str, object]:
    plain = _COMMENT.sub(lambda found: found[0] if found[0][0] == '"' else "", text)
    return _mapping(json.loads(_TRAILING_COMMA.sub(r"\1", plain)))


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _texts(value: object) -> Iterable[str]:
    if isinstance(value, str):
        return [word for word in re.split(r"[\s,]+", value) if word]
    return [str(one) for one in value] if isinstance(value, list) else []


def _is(value: object, text: str) -> bool:
    return str(value).lower() == text


def _module_glob(module: str) -> str:
    return "**/" + module.replace(".", "/").removesuffix("/*") + "*"


def _names(name: str, rule: str) -> bool:
    return rule == name or (name.isalnum() and name.isupper() and rule.startswith(name))


def _matches(glob: str, path: str) -> bool:
    glob = glob.removeprefix("./").removeprefix("**/").rstrip("/")
    wanted = (glob, f"{glob}/*", f"*/{glob}", f"*/{glob}/*")
    return any(fnmatch.fnmatchcase(path, one) for one in wanted)
