"""Entries as rows of the ledger's tables, and the questions that are asked of them."""

import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

from loopwatch.model.entry import Content, Entry
from loopwatch.model.evidence import Evidence
from loopwatch.store.evidence_json import digest, dumps, loads, of_document, sameness, to_document

BATCH = 1000  # entries in one transaction
HEAVY = 16_000_000  # bytes of text in one transaction
ASKED = 500  # ids in one question; performance note §6
MOST_INDEXED = 20_000  # rows that are read at once; 5 MB
SHORT = 200  # bytes of a text that is not worth deflating
LARGEST = 1 << 28  # bytes of a text when it is inflated again
DEFLATED = b"\x78"  # how zlib begins; JSON begins otherwise

ALL = "SELECT content, path, said FROM about ORDER BY content, path, same"
ABOUT = ALL.replace(" ORDER", " WHERE content IN ({}) ORDER")
BODIES = "SELECT id, body FROM said WHERE id IN ({})"
FIRST_PAGE = (
    "SELECT content, path, same, body FROM about JOIN said ON id = said"
    " ORDER BY content, path, same LIMIT 500"
)
PAGE = FIRST_PAGE.replace(" ORDER", " WHERE (content, path, same) > (?, ?, ?) ORDER")

T = TypeVar("T")
AboutRow = tuple[bytes, bytes, int]  # content, path, number of what was said
Index = dict[bytes, list[AboutRow]]  # by content
Key = tuple[bytes, bytes, bytes]  # content, path, what is equal for results that say the same


class Row(NamedTuple):
    """An entry, ready to be kept."""

    content: bytes
    path: bytes
    same: bytes
    digest: bytes
    names: tuple[str, str, str]  # detector, version, configuration
    body: bytes


def row_of(entry: Entry) -> Row:
    """Return an entry as a row."""
    evidence = entry.evidence
    text = dumps(to_document(evidence))
    plain = text.encode()
    names = (evidence.detector, evidence.version, evidence.configuration)
    return Row(
        content=entry.content.id,
        path=entry.content.path,
        same=sameness(evidence),
        digest=digest(text),
        names=tuple(name.encode("utf-8", "replace").decode() for name in names),  # type: ignore[arg-type]
        body=zlib.compress(plain) if len(plain) > SHORT else plain,
    )


def evidence_of(body: object) -> Evidence | None:
    """Return what a text says; None if it is damaged."""
    if not isinstance(body, bytes):
        return None
    try:
        if body[:1] == DEFLATED:
            body = zlib.decompressobj().decompress(body, LARGEST)
        return of_document(loads(body))
    except (ValueError, zlib.error):
        return None


def batches(entries: Iterable[Entry]) -> Iterator[list[Row]]:
    """Yield rows in runs that fit into one transaction."""
    rows: list[Row] = []
    weight = 0
    for entry in entries:
        row = row_of(entry)
        rows.append(row)
        weight += len(row.body)
        if len(rows) >= BATCH or weight >= HEAVY:
            yield rows
            rows, weight = [], 0
    if rows:
        yield rows


def insert(database: sqlite3.Connection, batch: Sequence[Row], seen: int) -> int:
    """Keep rows, all or none; return how many say something new."""
    database.execute("BEGIN IMMEDIATE")
    try:
        fresh = sum(_insert_one(database, row, seen) for row in batch)
        database.execute("COMMIT")
    except BaseException:
        _roll_back(database)
        raise
    return fresh


def _insert_one(database: sqlite3.Connection, row: Row, seen: int) -> bool:
    key = (row.content, row.path, row.same)
    again = database.execute(
        "UPDATE about SET times = times + 1 WHERE content = ? AND path = ? AND same = ?", key
    )
    if again.rowcount:
        return False
    database.execute(
        "INSERT OR IGNORE INTO said (digest, detector, version, configuration, body)"
        " VALUES (?, ?, ?, ?, ?)",
        (row.digest, *row.names, row.body),
    )
    database.execute(
        "INSERT INTO about (content, path, same, said, seen)"
        " VALUES (?, ?, ?, (SELECT id FROM said WHERE digest = ?), ?)",
        (*key, row.digest, seen),
    )
    return True


def delete(database: sqlite3.Connection, keys: Sequence[tuple[bytes, bytes]]) -> None:
    """Forget contents, given by id and path, and what was said of nothing else."""
    database.execute("BEGIN IMMEDIATE")
    try:
        database.executemany("DELETE FROM about WHERE content = ? AND path = ?", keys)
        database.execute("DELETE FROM said WHERE id NOT IN (SELECT said FROM about)")
        database.execute("COMMIT")
    except BaseException:
        _roll_back(database)
        raise
    database.execute("PRAGMA incremental_vacuum").fetchall()


def _roll_back(database: sqlite3.Connection) -> None:
    if database.in_transaction:  # SQLite has done so itself where the disk was full
        database.execute("ROLLBACK")


def index(database: sqlite3.Connection) -> Index | None:
    """Return which content said what, for all of them; None where that is too much."""
    rows = database.execute(f"{ALL} LIMIT {MOST_INDEXED + 1}").fetchall()
    if len(rows) > MOST_INDEXED:
        return None
    found: Index = {}
    for row in rows:
        found.setdefault(row[0], []).append(row)
    return found


def found(
    database: sqlite3.Connection,
    ids: Sequence[bytes],
    known: dict[int, Evidence],
    index: Index | None = None,
) -> list[AboutRow]:
    """Return what there is about some trees and blobs; of each in an order that never changes.

    Args:
        database: where to look.
        ids: of the trees and blobs.
        known: what was said, by number; what is missing is added.
        index: see ``index``; None: the database is asked.
    """
    if index is not None:
        about = [row for id_ in ids for row in index.get(id_, ())]
    else:
        asked = ((ABOUT.format(_marks(part)), part) for part in _parts(ids))
        about = [row for ask, part in asked for row in database.execute(ask, part)]
    wanted = sorted({said for _, _, said in about} - known.keys())
    for part in _parts(wanted):
        for number, body in database.execute(BODIES.format(_marks(part)), part):
            evidence = evidence_of(body)
            if evidence is not None:
                known[number] = evidence
    return [row for row in about if row[2] in known]


def _parts(values: Sequence[T]) -> Iterator[Sequence[T]]:
    return (values[start : start + ASKED] for start in range(0, len(values), ASKED))


def _marks(values: Sequence[object]) -> str:
    return ", ".join("?" * len(values))


def page(database: sqlite3.Connection, after: Key | None) -> list[tuple[Key, object]]:
    """Return the next keys, in an order that depends on nothing else, and what was said."""
    found = database.execute(PAGE if after else FIRST_PAGE, after or ())
    return [((content, path, same), body) for content, path, same, body in found]


def contents(database: sqlite3.Connection) -> dict[Content, int]:
    """Return all contents, and when something new was last said of each."""
    rows = database.execute("SELECT content, path, max(seen) FROM about GROUP BY content, path")
    return {Content(id=content, path=path): seen for content, path, seen in rows}


COUNTS = """
SELECT detector, sum(path = x''), sum(path != x''), sum(results), sum(results > 1), sum(times)
FROM (
    SELECT s.detector, a.path, count(*) AS results, sum(a.times) AS times
    FROM about AS a JOIN said AS s ON s.id = a.said
    GROUP BY a.content, a.path, s.detector, s.version, s.configuration
)
GROUP BY detector ORDER BY detector
"""


def salvaged(database: sqlite3.Connection) -> Iterator[Entry]:
    """Yield what can be read of a damaged ledger, up to where it cannot."""
    try:
        rows = database.execute(
            "SELECT a.content, a.path, s.body FROM about AS a JOIN said AS s ON s.id = a.said"
        )
        for content, path, body in rows:
            evidence = evidence_of(body)
            if evidence is not None and isinstance(content, bytes) and isinstance(path, bytes):
                yield from _sound(content, path, evidence)
    except sqlite3.Error:
        return


def _sound(content: bytes, path: bytes, evidence: Evidence) -> Iterator[Entry]:
    try:
        yield Entry(content=Content(id=content, path=path), evidence=evidence)
    except ValueError:
        return
