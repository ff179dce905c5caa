"""Marks and calls that keep a test from running, in the usual frameworks."""

import re

_OFF = re.compile(
    r"@(?:pytest\.mark\.|mark\.)?(?:skip|skipif|xfail)\b|\bpytest\.(?:skip|xfail|importorskip)\("
    r"|\bpytestmark\b[^\n]*\b(?:skip|skipif|xfail)\b"
    r"|@unittest\.(?:skip\w*|expectedFailure)|\bself\.skipTest\(|\braise\s+(?:unittest\.)?SkipTest"
    r"|\b(?:it|test|describe|context|suite)\.(?:skip|todo|failing|fixme|skipIf)\b"
    r"|\b(?:xit|xtest|xdescribe|xcontext|xspecify)\s*\(|\bthis\.skip\(\)|\bpending\("
    r"|\bt\.(?:Skip|Skipf|SkipNow)\(|#\[ignore\b|@(?:Disabled|Ignore)\b|\bassume\w*\("
    r"|\bcollect_ignore\b|\b__test__\s*=\s*False|\bGTEST_SKIP\b|\bDISABLED_\w"
)
_ONLY = re.compile(
    r"\b(?:it|test|describe|context|suite)\.only\b|\b(?:fit|fdescribe|fcontext)\s*\("
)


def skip_marks(text: str) -> int:
    """Count what keeps tests from running in a piece of code."""
    return sum(1 for _ in _OFF.finditer(text))


def only_marks(text: str) -> int:
    """Count what keeps all other tests from running."""
    return sum(1 for _ in _ONLY.finditer(text))
