"""Command lines that only look, told fast: what they show is never needed."""

import re

_WORDS = r"""
    (?: (?<=\s)2>(?:/dev/null|&1)(?![^\s;|])
      | [^;&|<>`$(){}\n'"\\]
      | '[^'\n]*'
      | "(?:[^"\n`$\\] | \\[^"\n`$])*"
      | \\[^;&|<>`$(){}\n'"]
    )*+
"""
_PROGRAM = r"""
    (?: cat | cd | cut | echo | egrep | fgrep | find | grep | head | ls | nl | pwd | rg | sed[ ]-n
      | sort | tail | tr | true | uniq | wc | git[ ](?:status|diff|log|show|blame|branch|remote)
      | Get-Content | Get-ChildItem | Select-Object | Select-String | Measure-Object
    )(?=[\s;&|]|\Z)
"""
LOOK = re.compile(
    rf"\s*+{_PROGRAM}{_WORDS}(?:(?:&&|\|\|?|;)\s*+{_PROGRAM}{_WORDS})*+\Z", re.VERBOSE
)
CHANGES = re.compile(r"\s-(?:i|-in-place|exec|execdir|ok|okdir|delete|fprint|fls|o)")


def is_look(line: str) -> bool:
    """Tell whether a line runs nothing but programs that show something.

    A line that only looks may be missed; no other one is taken for one.
    """
    return LOOK.match(line) is not None and CHANGES.search(line) is None
