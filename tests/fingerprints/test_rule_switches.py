"""Rules that a configuration file switches off."""

import pytest

from loopwatch.fingerprints.rule_switches import EVERYTHING, Switch, newly_off, switches

CASES = [
    ("pyproject.toml", "", '[tool.ruff.lint]\nignore = ["F841"]', {Switch("ruff", "F841")}),
    (
        "pyproject.toml",
        '[tool.ruff]\nignore = ["E1"]',
        '[tool.ruff]\nignore = ["E1", "E2"]',
        {Switch("ruff", "E2")},
    ),
    (
        "ruff.toml",
        "",
        '[lint.per-file-ignores]\n"tests/**" = ["S101"]',
        {Switch("ruff", "S101", "tests/**")},
    ),
    ("ruff.toml", "", 'extend-exclude = ["old"]', {Switch("ruff", EVERYTHING, "old")}),
    (
        "ruff.toml",
        '[lint]\nselect = ["E", "F"]',
        '[lint]\nselect = ["E"]',
        {Switch("ruff", "F")},
    ),
    (
        "mypy.ini",
        "[mypy]",
        "[mypy]\ndisable_error_code = arg-type, misc",
        {Switch("mypy", "arg-type"), Switch("mypy", "misc")},
    ),
    (
        "setup.cfg",
        "",
        "[mypy-shop.cart.*]\nignore_errors = True",
        {Switch("mypy", EVERYTHING, "**/shop/cart*")},
    ),
    (
        "pyproject.toml",
        "",
        '[[tool.mypy.overrides]]\nmodule = "a.b"\nignore_errors = true',
        {Switch("mypy", EVERYTHING, "**/a/b*")},
    ),
    (
        "tsconfig.json",
        '{"compilerOptions": {}}',
        '{"compilerOptions": {"noImplicitReturns": false,}, /* why */}',
        {Switch("tsc", "TS7030")},
    ),
    (
        ".eslintrc.json",
        "",
        '{"rules": {"no-var": "off", "eqeqeq": 2}}',
        {Switch("eslint", "no-var")},
    ),
    (
        "eslint.config.mjs",
        "export default []",
        "export default [{ rules: { '@x/no-y': ['off'], eqeqeq: 0 } }]",
        {Switch("eslint", "@x/no-y"), Switch("eslint", "eqeqeq")},
    ),
    (
        "pytest.ini",
        "[pytest]",
        "[pytest]\naddopts = -q --ignore=tests/slow",
        {Switch("pytest", EVERYTHING, "tests/slow")},
    ),
    (".flake8", "", "[flake8]\nextend-ignore = E203", {Switch("flake8", "E203")}),
    ("pyrightconfig.json", "{}", '{"reportAny": "none"}', {Switch("pyright", "reportAny")}),
    ("README.md", "", "ignore = everything", set()),
]


@pytest.mark.parametrize(("path", "old", "new", "expected"), CASES)
def test_newly_off(path: str, old: str, new: str, expected: set[Switch]) -> None:
    assert newly_off(f"sub/{path}", old, new) >= expected
    assert newly_off(path, new, new) == frozenset()
    if not expected:
        assert newly_off(path, old, new) == frozenset()


def test_strict_mode_given_up() -> None:
    off = newly_off("mypy.ini", "[mypy]\nstrict = true", "[mypy]\n")
    assert any(switch.covers("no-untyped-def", "a.py") for switch in off)
    options = '{"compilerOptions": {"strict": %s}}'
    off = newly_off("tsconfig.json", options % "true", options % "false")
    assert any(switch.covers("TS7006", "a.ts") for switch in off)


def test_where_a_switch_reaches() -> None:
    switch = Switch("ruff", "S", "tests/**")
    assert switch.covers("S101", "tests/a/test_b.py")
    assert not switch.covers("S101", "src/a.py")
    assert not switch.covers("F841", "tests/a.py")


@pytest.mark.parametrize("text", ["[[[", "{", "a = ", "\0", "[tool.ruff]\nignore = 3", "[1]"])
def test_what_cannot_be_read_switches_nothing(text: str) -> None:
    for name in ("pyproject.toml", "setup.cfg", "tsconfig.json", ".eslintrc", "pytest.ini"):
        assert switches(name, text) == frozenset()
