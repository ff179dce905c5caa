"""What is said of a request: in its one comment, and in the summary of the job."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from loopwatch.hosting.comment import MOST_CHARACTERS
from loopwatch.model.report import Report
from loopwatch.reports import markdown
from loopwatch.reports.closing import closing_line
from loopwatch.reports.escape import clipped
from loopwatch.reports.markdown_text import code
from loopwatch.reports.names import counted, is_listed, is_raised
from loopwatch.reports.style import Style

LONGEST = 400  # characters of a remark


def still_open(report: Report) -> Report:
    """Return the report without what the request has itself brought to an end.

    A loop that went round and was mended by a later commit asks nothing of anybody; if it kept
    the gate shut, only rewriting history could open it.
    """
    left = tuple(one for one in report.findings if one.is_open or not is_listed(one))
    return replace(report, findings=left)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What there is to say of the commits of one request."""

    report: Report
    style: Style
    head: str  # commit id
    remarks: Sequence[str] = ()  # lines on how much could be seen
    where: str = ""  # Markdown, all ours: where the whole report is

    @property
    def is_news(self) -> bool:
        """Tell whether anything is raised that is still open."""
        return any(is_raised(one, self.style) for one in still_open(self.report).findings)

    def comment(self) -> str:
        """Return the text of the comment: one line after the marker if nothing is open."""
        now = still_open(self.report)
        if self.is_news:
            told = markdown.render(now, self.style)
            whole = f"{told}{self._remarks()}{self.where}"
            return whole if len(whole) <= MOST_CHARACTERS else told
        ended = len(self.report.findings) - len(now.findings)
        more = f", {ended:,} came to an end" if ended else ""
        line = f"loopwatch: no loop is open at {code(self.head[:7])}{more}. {closing_line(now)}"
        return f"{markdown.MARKER}\n{line}\n"

    def summary(self) -> str:
        """Return what the summary of the job says, ended loops too."""
        return f"{markdown.render(self.report, self.style)}{self._remarks()}\n"

    def annotated(self) -> Report:
        """Return what is put beside the lines of the request, and decides."""
        return still_open(self.report)

    def counts(self) -> dict[str, str]:
        """Return the numbers of what is open and raised, by the name of the output."""
        raised = [one for one in still_open(self.report).findings if is_raised(one, self.style)]
        levels = [one.level.value for one in raised]
        return {
            "findings": str(len(raised)),
            "errors": str(levels.count("error")),
            "warnings": str(levels.count("warning")),
        }

    def _remarks(self) -> str:
        return "".join(f"\n> {code(clipped(one, LONGEST))}\n" for one in self.remarks)


def settings_remark(files: Sequence[str]) -> str:
    """Return a sentence on files that change what loopwatch says, all of them counted."""
    shown = ", ".join(files[:5]) + (f" and {len(files) - 5:,} more" if len(files) > 5 else "")
    return f"this request changes {counted(len(files), 'file')} that loopwatch heeds: {shown}"
