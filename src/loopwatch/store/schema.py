"""The tables of the ledger, and how an older file becomes a newer one."""

import sqlite3
from enum import Enum, auto

APPLICATION = 0x6C775F31  # "lw_1": what the file says it belongs to
MIGRATIONS = (
    # 1: what was said, each text once; and about which content it was said, and how often.
    """
    CREATE TABLE said (
        id INTEGER PRIMARY KEY,
        digest BLOB NOT NULL UNIQUE, -- of the text
        detector TEXT NOT NULL, -- this and the next two are in the text as well
        version TEXT NOT NULL,
        configuration TEXT NOT NULL,
        body BLOB NOT NULL -- evidence as JSON, deflated where that is shorter
    );
    CREATE TABLE about (
        content BLOB NOT NULL, -- id of a tree or blob
        path BLOB NOT NULL, -- of the blob; empty: a tree
        same BLOB NOT NULL, -- equal for results that say the same thing
        said INTEGER NOT NULL REFERENCES said (id),
        seen INTEGER NOT NULL, -- for the first time; seconds since 1970
        times INTEGER NOT NULL DEFAULT 1,
        PRIMARY KEY (content, path, same)
    ) WITHOUT ROWID;
    """,
)
VERSION = len(MIGRATIONS)
TABLES = {"said", "about"}


class State(Enum):
    """What a database is to us."""

    NEW = auto()  # holds nothing yet
    CURRENT = auto()
    OLDER = auto()
    NEWER = auto()
    FOREIGN = auto()  # somebody else's, or not whole


def state(database: sqlite3.Connection) -> State:
    """Tell what a database is."""
    application = _number(database, "application_id")
    version = _number(database, "user_version")
    tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
    if application == 0 and version == 0 and not tables:
        return State.NEW
    if application != APPLICATION or version < 1:
        return State.FOREIGN
    if version > VERSION:
        return State.NEWER
    if version < VERSION:
        return State.OLDER
    return State.CURRENT if tables >= TABLES else State.FOREIGN


def migrate(database: sqlite3.Connection) -> None:
    """Bring a new or older database to the current tables, all of it or nothing."""
    database.execute("BEGIN IMMEDIATE")
    try:
        version = _number(database, "user_version")  # another process may have been first
        for number in range(version, VERSION):
            for statement in MIGRATIONS[number].split(";\n"):
                if statement.strip():
                    database.execute(statement)
        if version < VERSION:
            database.execute(f"PRAGMA application_id = {APPLICATION}")
            database.execute(f"PRAGMA user_version = {VERSION}")
        database.execute("COMMIT")
    except BaseException:
        if database.in_transaction:
            database.execute("ROLLBACK")
        raise


def _number(database: sqlite3.Connection, pragma: str) -> int:
    return int(database.execute(f"PRAGMA {pragma}").fetchone()[0])
