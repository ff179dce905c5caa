"""Rules of different tools that report one and the same thing.

Two tools that see one defect would count it twice, and a loop through it too. Defects
are therefore matched inside a family, whoever reports them. A rule that is not listed is
a family of its own.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

MOST_RULES = 4096  # of which the family is kept; a report has some hundred
SYNTAX = "syntax"
TEST = "test"
TYPE_CHECKERS = frozenset({"mypy", "pyright", "basedpyright", "tsc", "pyre", "pytype", "flow"})

# Tools whose rules bear the names that another tool gave them.
_SAME_RULES: Mapping[str, str] = {
    "flake8": "ruff",
    "pyflakes": "ruff",
    "pycodestyle": "ruff",
    "pydocstyle": "ruff",
    "basedpyright": "pyright",
    "eslint_d": "eslint",
    "clippy": "cargo",
    "rustc": "cargo",
    "vue-tsc": "tsc",
}
# What ruff calls a rule now, by what it called it before.
_RENAMED: Mapping[str, str] = {
    "PGH001": "S307",
    "PGH002": "G010",
    "PLR1701": "SIM101",
    "RUF004": "B026",
    "RUF011": "B035",
    "SIM111": "SIM110",
    "T001": "FIX003",
    "TCH006": "TC010",
    "TRY200": "B904",
    "TRY302": "TRY203",
}
_RENAMED_SETS: Mapping[str, str] = {"TCH": "TC", "PDV": "PD", "IC": "ICN"}

_FAMILIES: Mapping[str, str] = {
    "unused-import": "ruff/F401 pylint/W0611 pylint/unused-import pyright/reportUnusedImport"
    " tsc/TS6192 cargo/unused_imports",
    "unused-name": "ruff/F841 pylint/W0612 pylint/unused-variable pyright/reportUnusedVariable"
    " eslint/no-unused-vars tsc/TS6133 tsc/TS6196 tsc/TS6198 cargo/unused_variables",
    "undefined-name": "ruff/F821 pylint/E0602 pylint/undefined-variable mypy/name-defined"
    " pyright/reportUndefinedVariable eslint/no-undef tsc/TS2304 tsc/TS2552 cargo/E0425",
    "redefined-name": "ruff/F811 pylint/E0102 pylint/function-redefined mypy/no-redef"
    " pyright/reportRedeclaration eslint/no-redeclare tsc/TS2451",
    "missing-attribute": "mypy/attr-defined pyright/reportAttributeAccessIssue pylint/E1101"
    " pylint/no-member tsc/TS2339 tsc/TS2551",
    "missing-import": "mypy/import-not-found pyright/reportMissingImports pylint/E0401"
    " pylint/import-error tsc/TS2307 eslint/import/no-unresolved",
    "optional-access": "mypy/union-attr pyright/reportOptionalMemberAccess",
    "return-type": "mypy/return-value pyright/reportReturnType",
    "missing-return": "mypy/return ruff/RET503 eslint/consistent-return tsc/TS7030",
    "argument-type": "mypy/arg-type pyright/reportArgumentType tsc/TS2345",
    "call-arguments": "mypy/call-arg pyright/reportCallIssue pylint/E1120 pylint/E1121"
    " pylint/E1123 pylint/no-value-for-parameter pylint/too-many-function-args tsc/TS2554",
    "assigned-type": "mypy/assignment pyright/reportAssignmentType tsc/TS2322",
    "operand-type": "mypy/operator pyright/reportOperatorIssue",
    "index-type": "mypy/index pyright/reportIndexIssue",
    "abstract-instance": "mypy/abstract pyright/reportAbstractUsage pylint/E0110",
    "incompatible-override": "mypy/override pyright/reportIncompatibleMethodOverride",
    "possibly-unbound": "mypy/possibly-undefined pyright/reportPossiblyUnbound pylint/E0606",
    "unreachable": "mypy/unreachable pylint/W0101 pylint/unreachable eslint/no-unreachable"
    " tsc/TS7027 cargo/unreachable_code",
    "line-too-long": "ruff/E501 pylint/C0301 pylint/line-too-long eslint/max-len",
    "bare-except": "ruff/E722 pylint/W0702 pylint/bare-except",
    "blind-except": "ruff/BLE001 pylint/W0718 pylint/broad-exception-caught",
    "mutable-default": "ruff/B006 pylint/W0102 pylint/dangerous-default-value",
    "raise-without-from": "ruff/B904 pylint/W0707 pylint/raise-missing-from",
    "compare-to-none": "ruff/E711 pylint/C0121 pylint/singleton-comparison",
    "trailing-whitespace": "ruff/W291 pylint/C0303 pylint/trailing-whitespace"
    " eslint/no-trailing-spaces",
    "no-final-newline": "ruff/W292 pylint/C0304 pylint/missing-final-newline eslint/eol-last",
    "too-complex": "ruff/C901 eslint/complexity cargo/clippy::cognitive_complexity",
    "debugger": "ruff/T100 eslint/no-debugger",
    "explicit-any": "eslint/no-explicit-any ruff/ANN401",
}
_BY_RULE: Mapping[str, str] = {
    rule: name for name, rules in _FAMILIES.items() for rule in rules.split()
}
_SYNTAX_RULES = frozenset(
    "invalid-syntax syntax syntax-error SyntaxError IndentationError TabError E999 E0001".split()
)
_TS_SYNTAX = re.compile(r"TS1\d{3}")
_RULE_SET = re.compile(r"^([A-Z]+)(\d+)$")


@lru_cache(MOST_RULES)
def family(detector: str, rule: str) -> str:
    """Return the name under which a rule of a tool is the same as those of others.

    Args:
        detector: as :class:`Evidence` names it: "ruff".
        rule: as :class:`Defect` names it: "F841".
    """
    if rule == TEST:
        return TEST
    tool = _SAME_RULES.get(detector, detector)
    if rule in _SYNTAX_RULES or (tool == "tsc" and _TS_SYNTAX.fullmatch(rule)):
        return SYNTAX
    name = f"{tool}/{_own_name(tool, rule)}"
    return _BY_RULE.get(name, name)


def _own_name(tool: str, rule: str) -> str:
    """Return the name that a tool uses now, without the set that the rule comes in."""
    if tool == "ruff":
        return _renamed(rule)
    if tool == "eslint":
        return rule.removeprefix("@typescript-eslint/")
    if tool == "go":
        return rule if rule == "compile" else "vet"  # its text does not name the analyzer
    return rule


def _renamed(rule: str) -> str:
    found = _RULE_SET.match(rule)
    if rule in _RENAMED or found is None:
        return _RENAMED.get(rule, rule)
    return _RENAMED_SETS.get(found[1], found[1]) + found[2]
