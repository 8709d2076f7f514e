"""Schema 11: what reports count, what citizens say, how dossiers come and go, letters by post and fines."""

from __future__ import annotations

from sqlite_utils.db import Database

from storage.migrations import migrations, statements

_TALLY = """
CREATE TABLE tally (
    id TEXT PRIMARY KEY, counted_from INTEGER NOT NULL, ended_at INTEGER, ending TEXT, judged TEXT, due_at INTEGER,
    moved_at INTEGER, bound_at INTEGER, procedure TEXT NOT NULL, unit TEXT NOT NULL, channel TEXT, marks INTEGER NOT NULL,
    number TEXT
) WITHOUT ROWID;
CREATE INDEX tally_from ON tally (counted_from);
CREATE INDEX tally_ended ON tally (ended_at, counted_from);
INSERT OR REPLACE INTO meta SELECT 'rebuild', 1 WHERE EXISTS (SELECT 1 FROM dossier);
"""
_VOICES = """
CREATE TABLE survey_box (id TEXT PRIMARY KEY, answer TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE survey_box_code (code TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE survey_answer (
    id TEXT PRIMARY KEY, entity TEXT NOT NULL, day TEXT NOT NULL, unit TEXT NOT NULL, procedure TEXT, officer TEXT, channel TEXT,
    overall TEXT, points INTEGER, c1 INTEGER, c2 INTEGER, c3 INTEGER, c4 INTEGER, c5 INTEGER, c6 INTEGER, c7 INTEGER, c8 INTEGER,
    c9 INTEGER
) WITHOUT ROWID;
CREATE INDEX survey_answer_day ON survey_answer (day);
CREATE INDEX survey_answer_entity ON survey_answer (entity);
CREATE TABLE survey_code (id TEXT PRIMARY KEY, entity TEXT NOT NULL, code TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX survey_code_code ON survey_code (code);
CREATE INDEX survey_code_entity ON survey_code (entity);
CREATE TABLE outreach (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, first TEXT NOT NULL, last TEXT NOT NULL, title TEXT NOT NULL, place TEXT,
    note TEXT, audience INTEGER, procedures TEXT NOT NULL, unit TEXT NOT NULL, officer TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX outreach_first ON outreach (first);
CREATE TABLE feedback (
    id TEXT PRIMARY KEY, kind TEXT NOT NULL, received_at INTEGER NOT NULL, due TEXT, answered_at INTEGER, dossier TEXT,
    outreach TEXT, procedure TEXT, officer TEXT, unit TEXT NOT NULL, destroyed INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX feedback_open ON feedback (due) WHERE answered_at IS NULL AND destroyed = 0;
CREATE INDEX feedback_received ON feedback (received_at);
CREATE INDEX feedback_dossier ON feedback (dossier) WHERE dossier IS NOT NULL;
"""
_CHANNELS = """
ALTER TABLE dossier ADD COLUMN service_answer TEXT;
ALTER TABLE dossier ADD COLUMN returned_by TEXT;
ALTER TABLE dossier ADD COLUMN paid_by TEXT;
CREATE INDEX dossier_came ON dossier (received_at, procedure, channel, state, unit, came, service_answer, paid_by, fees);
CREATE INDEX dossier_unofficial ON dossier (received_at, id) WHERE official_number IS NULL AND receipt_number IS NOT NULL;
CREATE INDEX dossier_went ON dossier (returned_at, procedure, returned_by, unit) WHERE returned_at IS NOT NULL;
"""
_LEDGERS = """
CREATE TABLE sending (
    id TEXT PRIMARY KEY, dossier TEXT NOT NULL, batch TEXT, carrier TEXT, tracking TEXT, tracking_key TEXT,
    sent_at INTEGER NOT NULL, delivered_on TEXT, proof TEXT, returned_at INTEGER, reason TEXT, next TEXT, fee TEXT, payer TEXT,
    decision TEXT, stands TEXT NOT NULL, procedure TEXT NOT NULL, unit TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX sending_dossier ON sending (dossier);
CREATE INDEX sending_batch ON sending (batch);
CREATE INDEX sending_sent ON sending (sent_at);
CREATE INDEX sending_tracking ON sending (tracking_key);
CREATE INDEX sending_stands ON sending (stands, sent_at);
CREATE TABLE fine (
    id TEXT PRIMARY KEY, dossier TEXT NOT NULL, decision TEXT, decision_key TEXT, amount TEXT NOT NULL, entered_at INTEGER NOT NULL,
    decided_on TEXT, handed_on TEXT, pay_by TEXT, paid TEXT NOT NULL, owed TEXT NOT NULL, paid_at INTEGER, held INTEGER NOT NULL,
    hold_until TEXT, stands TEXT NOT NULL, procedure TEXT NOT NULL, unit TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX fine_dossier ON fine (dossier);
CREATE INDEX fine_decision ON fine (decision_key);
CREATE INDEX fine_entered ON fine (entered_at);
CREATE INDEX fine_stands ON fine (stands);
CREATE TABLE fine_payment (
    id TEXT PRIMARY KEY, dossier TEXT NOT NULL, paid_at INTEGER NOT NULL, amount TEXT NOT NULL, channel TEXT NOT NULL,
    receipt TEXT, reference TEXT, proof_key TEXT, procedure TEXT NOT NULL, unit TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX fine_payment_dossier ON fine_payment (dossier);
CREATE INDEX fine_payment_paid ON fine_payment (paid_at);
CREATE INDEX fine_payment_proof ON fine_payment (proof_key);
"""
_PASSAGE = """
CREATE TABLE passage (
    id TEXT PRIMARY KEY, number TEXT, procedure TEXT NOT NULL, variant TEXT, unit TEXT NOT NULL,
    received INTEGER NOT NULL, ended INTEGER NOT NULL, ending TEXT NOT NULL, judged TEXT, law TEXT,
    came INTEGER NOT NULL, clocked INTEGER NOT NULL, turns TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX passage_ended ON passage (ended, id);
CREATE TABLE asked (
    id TEXT PRIMARY KEY, dossier TEXT NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL, procedure TEXT NOT NULL,
    unit TEXT NOT NULL, number TEXT, items TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX asked_of ON asked (dossier);
CREATE INDEX asked_at ON asked (at);
INSERT OR REPLACE INTO meta SELECT 'rebuild', 1 WHERE EXISTS (SELECT 1 FROM dossier);
"""


@migrations()
def m011_what_reports_count(db: Database) -> None:
    """When each dossier came to count, how and when it ended, as judged then: filled by a rebuild."""
    for statement in statements(_TALLY):
        db.execute(statement)


@migrations()
def m011_what_citizens_say(db: Database) -> None:
    """Answers to surveys and the box in which they wait, what was held for citizens, what they ask and are answered."""
    for statement in statements(_VOICES):
        db.execute(statement)


@migrations()
def m011_answers_owed_online(db: Database) -> None:
    """No new shape: what came online is sorted by when it is to be answered, and every row says so by a rebuild."""
    db.execute("INSERT OR REPLACE INTO meta SELECT 'rebuild', 1 WHERE EXISTS (SELECT 1 FROM dossier)")


@migrations()
def m011_channels(db: Database) -> None:
    """What was said to the online service, how results went back, where fees were paid: filled by a rebuild."""
    for statement in statements(_CHANNELS):
        db.execute(statement)


@migrations()
def m011_letters_and_fines(db: Database) -> None:
    """Rows for letters by post, decisions that fine somebody, and what was paid for them: found by numbers and days."""
    for statement in statements(_LEDGERS):
        db.execute(statement)
    db.execute("INSERT OR REPLACE INTO meta SELECT 'rebuild', 1 WHERE EXISTS (SELECT 1 FROM dossier)")


@migrations()
def m011_how_the_ended_ran(db: Database) -> None:
    """How each ended dossier ran, and the papers that were asked for: filled by a rebuild."""
    for statement in statements(_PASSAGE):
        db.execute(statement)
