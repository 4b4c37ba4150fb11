"""The tables, one migration after another; a migration that was released is never edited."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

MIGRATIONS = Migrations("certhound")

# What these tables hold is evidence or was said by a person: rows come in and stay as they are.
_APPEND_ONLY = ("visits", "captures", "judgements", "custody")

_FIRST = (
    """
    CREATE TABLE runs (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        status TEXT NOT NULL,
        started_at TEXT NOT NULL,
        document TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE sources (
        run TEXT NOT NULL REFERENCES runs (id),
        source TEXT NOT NULL,
        document TEXT NOT NULL,
        PRIMARY KEY (run, source)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE leads (
        id TEXT NOT NULL PRIMARY KEY,
        url TEXT NOT NULL,
        depth INTEGER NOT NULL,
        first_run TEXT NOT NULL REFERENCES runs (id),
        visited_at TEXT,
        recheck_at TEXT,
        asked_at TEXT
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE reasons (
        lead TEXT NOT NULL REFERENCES leads (id),
        source TEXT NOT NULL,
        detail TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (lead, source, detail)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE visits (
        id TEXT NOT NULL PRIMARY KEY,
        run TEXT NOT NULL REFERENCES runs (id),
        lead TEXT NOT NULL REFERENCES leads (id),
        url TEXT NOT NULL,
        at TEXT NOT NULL,
        document TEXT NOT NULL,
        UNIQUE (run, lead)
    ) STRICT
    """,
    "CREATE INDEX visits_by_lead ON visits (lead)",
    """
    CREATE TABLE captures (
        id TEXT NOT NULL PRIMARY KEY,
        visit TEXT NOT NULL REFERENCES visits (id),
        run TEXT NOT NULL,
        lead TEXT NOT NULL,
        vantage TEXT NOT NULL,
        body TEXT,
        document TEXT NOT NULL,
        UNIQUE (run, lead, vantage)
    ) STRICT
    """,
    "CREATE INDEX captures_by_visit ON captures (visit)",
    """
    CREATE TABLE registrations (
        domain TEXT NOT NULL,
        asked_at TEXT NOT NULL,
        document TEXT NOT NULL,
        PRIMARY KEY (domain, asked_at)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE assessments (
        visit TEXT NOT NULL PRIMARY KEY REFERENCES visits (id),
        verdict TEXT NOT NULL,
        offence TEXT NOT NULL,
        page_condition TEXT NOT NULL,
        score REAL NOT NULL,
        document TEXT NOT NULL
    ) STRICT
    """,
    """
    CREATE TABLE cases (
        key TEXT NOT NULL PRIMARY KEY,
        state TEXT NOT NULL,
        version INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE case_records (
        run TEXT NOT NULL REFERENCES runs (id),
        key TEXT NOT NULL REFERENCES cases (key),
        verdict TEXT NOT NULL,
        document TEXT NOT NULL,
        PRIMARY KEY (run, key)
    ) STRICT
    """,
    "CREATE INDEX case_records_by_key ON case_records (key)",
    """
    CREATE TABLE judgements (
        seq INTEGER PRIMARY KEY,
        key TEXT NOT NULL REFERENCES cases (key),
        version INTEGER NOT NULL,
        verdict TEXT NOT NULL,
        offence TEXT NOT NULL,
        document TEXT NOT NULL,
        UNIQUE (key, version)
    ) STRICT
    """,
    """
    CREATE TABLE custody (
        seq INTEGER PRIMARY KEY,
        at TEXT NOT NULL,
        actor TEXT NOT NULL,
        action TEXT NOT NULL,
        subject TEXT NOT NULL,
        digest TEXT NOT NULL,
        previous TEXT NOT NULL,
        hash TEXT NOT NULL UNIQUE
    ) STRICT
    """,
)


@MIGRATIONS()
def first(db: Database) -> None:
    """Create the tables of the first version."""
    for statement in _FIRST:
        db.execute(statement)
    for table in _APPEND_ONLY:
        for act in ("UPDATE", "DELETE"):
            db.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )


_MANIFESTS = (
    """
    CREATE TABLE manifests (
        entry INTEGER PRIMARY KEY REFERENCES custody (seq),
        visit TEXT NOT NULL REFERENCES visits (id),
        sm3 TEXT NOT NULL,
        document TEXT NOT NULL
    ) STRICT
    """,
    "CREATE INDEX manifests_by_visit ON manifests (visit)",
)


@MIGRATIONS()
def manifests(db: Database) -> None:
    """Add the manifests, one beside each entry of the chain that tells of a capture."""
    for statement in _MANIFESTS:
        db.execute(statement)
    for act in ("UPDATE", "DELETE"):
        db.execute(
            f"CREATE TRIGGER manifests_no_{act.lower()} BEFORE {act} ON manifests "
            "BEGIN SELECT RAISE(ABORT, 'manifests is append-only'); END"
        )


def is_anothers(db: Database) -> bool:
    """Whether a database holds tables, and none of them is that of our migrations."""
    names = db.table_names()
    return bool(names) and MIGRATIONS.migrations_table not in names


def is_newer(db: Database) -> bool:
    """Whether the database was written by a version with migrations unknown to us."""
    ours = {migration.name for migration in MIGRATIONS.pending(Database(memory=True))}
    return any(migration.name not in ours for migration in MIGRATIONS.applied(db))
