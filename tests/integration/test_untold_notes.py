"""Notes that nobody is going to see: counted as always, without what costs time or room."""

from loopwatch import app
from loopwatch.model.finding import Level
from loopwatch.model.options import Options
from loopwatch.model.report import Report
from loopwatch.sources.scan_range import ScanRange
from tests.builders import Repo
from tests.sources.looking import X, Y, body, war


def scan(repo: Repo, *, tells_notes: bool, keeps_notes: bool = False) -> Report:
    options = Options(tells_notes=tells_notes, keeps_notes=keeps_notes)
    request = app.ScanRequest(folder=repo.path, range=ScanRange(), options=options)
    return app.scan(request)


def stated_revert(repo: Repo, state: str, other: str) -> None:
    repo.change("b.py", body(state), "feat: b")
    repo.change("b.py", body(other), "feat: discount")
    repo.change("b.py", body(state), 'Revert "feat: discount"')


def test_untold_notes_are_only_counted(repo: Repo) -> None:
    war(repo)
    stated_revert(repo, "first(items)", "last(items)")
    told, brief = scan(repo, tells_notes=True), scan(repo, tells_notes=False)
    assert [one.id for one in brief.findings] == [one.id for one in told.findings]
    assert brief.summary == told.summary
    [note] = [one for one in told.findings if one.level is Level.NOTE]
    [short] = [one for one in brief.findings if one.level is Level.NOTE]
    assert note.advice
    assert any(edit.hunks for edit in note.edits)
    assert (short.advice, short.edits, short.states) == ("", (), ())
    assert (short.is_settled, short.last_at) == (note.is_settled, note.last_at)
    loud = [one for one in told.findings if one.level is not Level.NOTE]
    assert [one for one in brief.findings if one.level is not Level.NOTE] == loud


def test_untold_notes_can_be_kept_without_hunks_and_advice(repo: Repo) -> None:
    stated_revert(repo, "first(items)", "last(items)")
    [note] = scan(repo, tells_notes=True).findings
    [short] = scan(repo, tells_notes=False, keeps_notes=True).findings
    assert any(edit.hunks for edit in note.edits)
    assert (short.advice, [edit.hunks for edit in short.edits]) == ("", [(), ()])
    assert [edit.version for edit in short.edits] == [edit.version for edit in note.edits]
    assert short.states == note.states


def test_what_is_loud_elsewhere_takes_an_untold_note_in(repo: Repo) -> None:
    war(repo)
    stated_revert(repo, X, Y)
    told, brief = scan(repo, tells_notes=True), scan(repo, tells_notes=False)
    [loud] = [one for one in told.findings if one.level is not Level.NOTE]
    [same] = [one for one in brief.findings if one.level is not Level.NOTE]
    assert (same.id, same.paths, same.last_at) == (loud.id, ("a.py", "b.py"), loud.last_at)
    assert [edit.version for edit in same.edits] == [edit.version for edit in loud.edits]
    assert len(brief.findings) == len(told.findings)
