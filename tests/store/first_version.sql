-- A database as the first version wrote it: one visit with two blobs, one run.
BEGIN TRANSACTION;
CREATE TABLE "_sqlite_migrations" (
   "id" INTEGER PRIMARY KEY,
   "migration_set" TEXT,
   "name" TEXT,
   "applied_at" TEXT
);
INSERT INTO "_sqlite_migrations" VALUES(1,'certhound','first','2026-11-26 03:54:00.814706+00:00');
CREATE TABLE assessments (
        visit TEXT NOT NULL PRIMARY KEY REFERENCES visits (id),
        verdict TEXT NOT NULL,
        offence TEXT NOT NULL,
        page_condition TEXT NOT NULL,
        score REAL NOT NULL,
        document TEXT NOT NULL
    ) STRICT
    ;
INSERT INTO "assessments" VALUES('20260301-090000.b28e3efd6948b8cf','suspect','sale_forged','content',81.5,'{"findings":{"claims":[],"contacts":[],"page_condition":"content","signals":[],"targets":[],"traces":[]},"imitates":"","offence":"sale_forged","page_condition":"content","policy":"1","score":81.5,"steps":[],"verdict":"suspect","visit":"20260301-090000.b28e3efd6948b8cf"}');
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
    ;
INSERT INTO "captures" VALUES('20260301-090000.b28e3efd6948b8cf.desktop','20260301-090000.b28e3efd6948b8cf','20260301-090000','b28e3efd6948b8cf','desktop','b28e3efd6948b8cf6ad9c713cc1225ad11ef27c54a95939f7fd248d6d4ff2116','{"archive":null,"at":"2026-03-01T01:00:00.000Z","attempts":[],"body":{"media_type":"text/html","sha256":"b28e3efd6948b8cf6ad9c713cc1225ad11ef27c54a95939f7fd248d6d4ff2116","size":14},"certificate":[],"detail":"","encoding":"","exchanges":[{"address":"","at":"2026-03-01T01:00:00.000Z","body":null,"failure":null,"headers":[["Content-Type","text/html"]],"status":200,"url":"http://a.test/","via":"request"}],"failure":null,"final_url":"http://a.test/","frames":[],"headers":[],"html":"","id":"20260301-090000.b28e3efd6948b8cf.desktop","lead":"b28e3efd6948b8cf","protocol":"","rendered":null,"run":"20260301-090000","screenshot":null,"status":200,"truncated":false,"url":"http://a.test/","vantage":"desktop"}');
CREATE TABLE case_records (
        run TEXT NOT NULL REFERENCES runs (id),
        key TEXT NOT NULL REFERENCES cases (key),
        verdict TEXT NOT NULL,
        document TEXT NOT NULL,
        PRIMARY KEY (run, key)
    ) STRICT
    ;
CREATE TABLE cases (
        key TEXT NOT NULL PRIMARY KEY,
        state TEXT NOT NULL,
        version INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    ;
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
    ;
INSERT INTO "custody" VALUES(1,'2026-03-01T01:00:00.000Z','machine','captured','20260301-090000.b28e3efd6948b8cf','b2de36fea17cfead05ed7bfbfcda3fe31c1b917bc33a510b880f01e38619ac0c','0000000000000000000000000000000000000000000000000000000000000000','4de2c450b1548e26aa9da783cee3bd1f263d8168ce853989495b620b85c7446c');
CREATE TABLE judgements (
        seq INTEGER PRIMARY KEY,
        key TEXT NOT NULL REFERENCES cases (key),
        version INTEGER NOT NULL,
        verdict TEXT NOT NULL,
        offence TEXT NOT NULL,
        document TEXT NOT NULL,
        UNIQUE (key, version)
    ) STRICT
    ;
CREATE TABLE leads (
        id TEXT NOT NULL PRIMARY KEY,
        url TEXT NOT NULL,
        depth INTEGER NOT NULL,
        first_run TEXT NOT NULL REFERENCES runs (id),
        visited_at TEXT,
        recheck_at TEXT,
        asked_at TEXT
    ) STRICT, WITHOUT ROWID
    ;
INSERT INTO "leads" VALUES('b28e3efd6948b8cf','http://a.test/',0,'20260301-090000','2026-03-01T01:00:00.000Z','2026-03-01T01:00:00.000Z',NULL);
CREATE TABLE reasons (
        lead TEXT NOT NULL REFERENCES leads (id),
        source TEXT NOT NULL,
        detail TEXT NOT NULL,
        at TEXT NOT NULL,
        PRIMARY KEY (lead, source, detail)
    ) STRICT, WITHOUT ROWID
    ;
INSERT INTO "reasons" VALUES('b28e3efd6948b8cf','names','names.txt:1','2026-03-01T01:00:00.000Z');
CREATE TABLE registrations (
        domain TEXT NOT NULL,
        asked_at TEXT NOT NULL,
        document TEXT NOT NULL,
        PRIMARY KEY (domain, asked_at)
    ) STRICT, WITHOUT ROWID
    ;
INSERT INTO "registrations" VALUES('shop.test','2026-03-01T01:00:00.000Z','{"asked_at":"2026-03-01T01:00:00.000Z","detail":"","domain":"shop.test","expires_on":{"state":"unknown","value":null},"name_servers":{"state":"known","value":["ns1.test","ns2.test"]},"raw":{"media_type":"text/plain","sha256":"03040f4d9d19df270ce5e7e1915cf02993b90deb77d6fb2d93f7ada2ebde64bf","size":23},"registered_on":{"state":"known","value":"2026-03-01T01:00:00.000Z"},"registrar":{"state":"known","value":"\u67d0\u6ce8\u518c\u5546"},"source":"","state":"known","statuses":{"state":"unknown","value":null}}');
CREATE TABLE runs (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        status TEXT NOT NULL,
        started_at TEXT NOT NULL,
        document TEXT NOT NULL
    ) STRICT
    ;
INSERT INTO "runs" VALUES(1,'20260301-090000','completed','2026-03-01T01:00:00.000Z','{"degraded":[],"finished_at":"2026-03-01T01:00:00.000Z","id":"20260301-090000","started_at":"2026-03-01T01:00:00.000Z","status":"completed"}');
CREATE TABLE sources (
        run TEXT NOT NULL REFERENCES runs (id),
        source TEXT NOT NULL,
        document TEXT NOT NULL,
        PRIMARY KEY (run, source)
    ) STRICT, WITHOUT ROWID
    ;
CREATE TABLE visits (
        id TEXT NOT NULL PRIMARY KEY,
        run TEXT NOT NULL REFERENCES runs (id),
        lead TEXT NOT NULL REFERENCES leads (id),
        url TEXT NOT NULL,
        at TEXT NOT NULL,
        document TEXT NOT NULL,
        UNIQUE (run, lead)
    ) STRICT
    ;
INSERT INTO "visits" VALUES('20260301-090000.b28e3efd6948b8cf','20260301-090000','b28e3efd6948b8cf','http://a.test/','2026-03-01T01:00:00.000Z','{"at":"2026-03-01T01:00:00.000Z","captures":[],"dns":[{"addresses":["192.0.2.1"],"detail":"","name":"shop.test","state":"known"}],"id":"20260301-090000.b28e3efd6948b8cf","lead":"b28e3efd6948b8cf","registration":{"asked_at":"2026-03-01T01:00:00.000Z","detail":"","domain":"shop.test","expires_on":{"state":"unknown","value":null},"name_servers":{"state":"known","value":["ns1.test","ns2.test"]},"raw":{"media_type":"text/plain","sha256":"03040f4d9d19df270ce5e7e1915cf02993b90deb77d6fb2d93f7ada2ebde64bf","size":23},"registered_on":{"state":"known","value":"2026-03-01T01:00:00.000Z"},"registrar":{"state":"known","value":"\u67d0\u6ce8\u518c\u5546"},"source":"","state":"known","statuses":{"state":"unknown","value":null}},"run":"20260301-090000","url":"http://a.test/"}');
CREATE UNIQUE INDEX "idx__sqlite_migrations_migration_set_name"
    ON "_sqlite_migrations" ("migration_set", "name");
CREATE INDEX visits_by_lead ON visits (lead);
CREATE INDEX captures_by_visit ON captures (visit);
CREATE INDEX case_records_by_key ON case_records (key);
CREATE TRIGGER visits_no_update BEFORE UPDATE ON visits BEGIN SELECT RAISE(ABORT, 'visits is append-only'); END;
CREATE TRIGGER visits_no_delete BEFORE DELETE ON visits BEGIN SELECT RAISE(ABORT, 'visits is append-only'); END;
CREATE TRIGGER captures_no_update BEFORE UPDATE ON captures BEGIN SELECT RAISE(ABORT, 'captures is append-only'); END;
CREATE TRIGGER captures_no_delete BEFORE DELETE ON captures BEGIN SELECT RAISE(ABORT, 'captures is append-only'); END;
CREATE TRIGGER judgements_no_update BEFORE UPDATE ON judgements BEGIN SELECT RAISE(ABORT, 'judgements is append-only'); END;
CREATE TRIGGER judgements_no_delete BEFORE DELETE ON judgements BEGIN SELECT RAISE(ABORT, 'judgements is append-only'); END;
CREATE TRIGGER custody_no_update BEFORE UPDATE ON custody BEGIN SELECT RAISE(ABORT, 'custody is append-only'); END;
CREATE TRIGGER custody_no_delete BEFORE DELETE ON custody BEGIN SELECT RAISE(ABORT, 'custody is append-only'); END;
COMMIT;
