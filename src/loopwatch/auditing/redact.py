"""Takes secrets out of what a report quotes from a log.

Logs hold what agents read and printed, keys among it. What looks like a secret by its own
form, or by the name that it is assigned to, is replaced; ``docs/commands/audit.md`` lists
the forms. It is a net and no proof: a password that looks like a word goes through.
"""

import re
from dataclasses import replace

from loopwatch.model.defect import TrackedDefect
from loopwatch.model.edit import Hunk
from loopwatch.model.finding import CycleEdit, Finding
from loopwatch.model.report import Report
from loopwatch.model.version import Version

HIDDEN = "[redacted]"
_FORMS = re.compile(
    r"""
    \b(?:AKIA|ASIA)[0-9A-Z]{16}\b                         # Amazon
  | \bgh[pousr]_[A-Za-z0-9]{20,} | \bgithub_pat_\w{20,}    # GitHub
  | \bglpat-[\w-]{20,}                                     # GitLab
  | \bxox[abeoprs]-[\w-]{10,}                              # Slack
  | \bhttps://hooks\.slack\.com/services/[\w/]+
  | \bsk-(?:ant-|proj-|or-)?[A-Za-z0-9][\w-]{18,}           # Anthropic, OpenAI and others
  | \b[rsp]k_(?:live|test)_\w{10,}                         # Stripe
  | \bAIza[\w-]{30,} | \bya29\.[\w.-]{20,}                 # Google
  | \bnpm_[A-Za-z0-9]{30,} | \bpypi-[\w-]{30,}
  | \bhf_[A-Za-z0-9]{20,}                                  # Hugging Face
  | \beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{4,}                # JSON web tokens
    """,
    re.VERBOSE,
)
# A secret by the place where it stands: what is kept in front of it is the first group.
_PLACES = (
    re.compile(r"(\b[a-z][a-z0-9+.-]{1,20}://[^\s/:@'\"]{0,100}:)[^\s/@'\"]{1,200}(?=@)"),
    re.compile(
        r"((?i:\bauthorization\b['\"]?\s*[:=]\s*['\"]?(?:basic|bearer|token)\s+))[\w.~+/=-]{8,}"
    ),
    re.compile(r"((?i:\bbearer\s+))[\w.~+/-]{20,}=*"),
    re.compile(
        r"((?i:[?&](?:api[-_]?key|access[-_]?token|token|key|sig|signature|secret|password))=)"
        r"[^\s&\"'<>]{8,}"
    ),
    re.compile(  # PASSWORD=..., "apiKey": "...", as a text and not as code
        r"""((?i:[\w.-]{0,40}(?:api[-_]?key|secret|token|passw(?:or)?d|passphrase|credentials?|private[-_]?key)
            [\w-]{0,20})["']?\s{0,3}(?:=>|[:=])\s{0,3}["'])[^"'\s]{6,}(?=["'])""",
        re.VERBOSE,
    ),
    re.compile(
        r"(\b[A-Z][A-Z0-9_]{0,40}(?:KEY|SECRET|TOKEN|PASSWORD|PASSWD)[A-Z0-9_]{0,20}=)[^\s\"'$(<]{6,}"
    ),
)
_BLOCK_BEGINS = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----")
_BLOCK_ENDS = re.compile(r"-----END [A-Z ]*PRIVATE KEY-----")


def redacted(report: Report) -> Report:
    """Return a report without the secrets that can be told from what is quoted."""
    return replace(
        report,
        findings=tuple(map(_finding, report.findings)),
        defects=tuple(map(_defect, report.defects)),
        versions=tuple(map(_version, report.versions)),
    )


def hidden(text: str) -> str:
    """Return a text with what looks like a secret replaced."""
    text = _FORMS.sub(HIDDEN, text)
    for place in _PLACES:
        text = place.sub(rf"\g<1>{HIDDEN}", text)
    return text


def _finding(finding: Finding) -> Finding:
    return replace(
        finding,
        edits=tuple(map(_edit, finding.edits)),
        advice=hidden(finding.advice),
        why=tuple(map(hidden, finding.why)),
    )


def _edit(edit: CycleEdit) -> CycleEdit:
    return replace(edit, summary=hidden(edit.summary), hunks=tuple(map(_hunk, edit.hunks)))


def _hunk(hunk: Hunk) -> Hunk:
    return replace(hunk, before=_lines(hunk.before), after=_lines(hunk.after))


def _lines(lines: tuple[str, ...]) -> tuple[str, ...]:
    """Return lines without secrets; of a key that runs over several, all of it goes."""
    kept: list[str] = []
    is_inside = False
    for line in lines:
        is_inside = is_inside or _BLOCK_BEGINS.search(line) is not None
        kept.append(HIDDEN if is_inside else hidden(line))
        is_inside = is_inside and _BLOCK_ENDS.search(line) is None
    return tuple(kept)


def _defect(defect: TrackedDefect) -> TrackedDefect:
    return replace(
        defect,
        detector=hidden(defect.detector),
        message=hidden(defect.message),
        subject=hidden(defect.subject),
    )


def _version(version: Version) -> Version:
    return replace(version, subject=hidden(version.subject or ""), title=hidden(version.title))
