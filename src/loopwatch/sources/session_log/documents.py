"""Texts that a command line holds, and writes to files: here-documents and here-strings."""

import re
from dataclasses import dataclass, field

from loopwatch.detectors.shell import Part

DOCUMENT = re.compile(  # cat > file <<'END' ... END
    r"<<(?P<tabs>-?)[ \t]*(?P<quote>['\"]?)(?P<end>\w+)(?P=quote)(?P<rest>[^\n]*)"
    r"\n(?P<body>(?:.*?\n)??)[ \t]*(?P=end)(?![^\n])",
    re.DOTALL,
)
MARK = "__document_{}__"
EXPANDS = re.compile(r"[$`\\]")
_PATH = r"""(?:-(?:Literal|File)?Path\s+)?(?P<path>'[^'\n]+'|"[^"\n]+"|[^\s|;'"]+)"""
_BODY = r"""@(?P<quote>['"])\r?\n(?P<body>.*?)\r?\n(?P=quote)@"""
HERE_STRING = re.compile(  # PowerShell: @' ... '@ | Set-Content file
    rf"{_BODY}\s*\|\s*(?:Set-Content|Out-File)\s+(?:-Encoding\s+\w+\s+)?{_PATH}[^\n;|]*",
    re.DOTALL | re.IGNORECASE,
)
HERE_VALUE = re.compile(  # Set-Content file -Value @' ... '@
    rf"Set-Content\s+{_PATH}[^\n@]*?-Value\s+{_BODY}[^\n;|]*", re.DOTALL | re.IGNORECASE
)


@dataclass(slots=True)
class Documents:
    """The texts of one line, taken out of it."""

    line: str = ""  # what is left
    bodies: list[str | None] = field(default_factory=list)  # None: a shell would expand it
    written: list[tuple[str, str | None]] = field(default_factory=list)  # PowerShell: path, text

    @classmethod
    def of(cls, line: str, *, is_windows: bool = False) -> "Documents":
        """Take the texts out of a line."""
        found = cls()
        for shape in (HERE_STRING, HERE_VALUE) if "@" in line else ():
            line = shape.sub(found._take_string, line)
        line = line.replace("\\", "/") if is_windows else line
        found.line = DOCUMENT.sub(found._take, line) if "<<" in line else line
        return found

    def fed_to(self, part: Part) -> tuple[bool, str | None]:
        """Tell whether a command is given one of the texts, and which, if that is known."""
        for sign, target in part.redirections:
            for number, body in enumerate(self.bodies):
                if sign == "<<<" and target == MARK.format(number):
                    return True, body
        return False, None

    def _take(self, found: re.Match[str]) -> str:
        body = found["body"]
        if found["tabs"]:
            body = re.sub(r"(?m)^\t+", "", body)
        is_known = bool(found["quote"]) or not EXPANDS.search(body)
        self.bodies.append(body if is_known else None)
        return f"<<< {MARK.format(len(self.bodies) - 1)} {found['rest']}"

    def _take_string(self, found: re.Match[str]) -> str:
        is_known = found["quote"] == "'" or not EXPANDS.search(found["body"])
        body = found["body"].replace("\r\n", "\n") + "\n"
        self.written.append((found["path"].strip("'\""), body if is_known else None))
        return "write-output"
