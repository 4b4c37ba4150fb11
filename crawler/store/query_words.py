"""Query words: proposed from confirmed cases, decided by people, counted when asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from crawler.clock import parse, stamp
from crawler.errors import StoreError
from crawler.language import _
from crawler.model import CaseState, KeyWord, QueryWord, WordState
from crawler.store.base import Value
from crawler.store.codec import read_json, write_json
from crawler.store.sums import SummedStore


class QueryWordStore(SummedStore):
    """The words, the decisions about them, and how often each was asked for."""

    def propose_words(self, words: Sequence[KeyWord], at: datetime) -> int:
        """Keep proposals; returns how many are new.

        A word that nobody decided about takes its new figures; a decided one stays as it was seen.
        """
        fresh = 0
        with self._transaction():
            for each in words:
                values: dict[str, Value] = {
                    "word": each.word,
                    "at": stamp(at),
                    "document": write_json(each),
                }
                fresh += self._insert("query_words", values, "ON CONFLICT DO NOTHING")
                self._change(
                    "query_words",
                    "document = ?",
                    "word = ? AND word NOT IN (SELECT word FROM word_decisions)",
                    (write_json(each),),
                    (each.word,),
                )
        return fresh

    def query_words(self) -> tuple[QueryWord, ...]:
        """Every word ever proposed with the last thing said of it, the surest first."""
        sql = """
            SELECT query_words.word, query_words.at, document, decisions.state,
                decisions.decided_by, decisions.at AS decided_at
            FROM query_words LEFT JOIN word_decisions AS decisions ON decisions.seq = (
                SELECT max(seq) FROM word_decisions AS last WHERE last.word = query_words.word
            )
        """
        found = [
            QueryWord(
                read_json(row["document"], KeyWord),
                parse(row["at"]),
                WordState(row["state"] or WordState.PROPOSED),
                row["decided_by"] or "",
                parse(row["decided_at"]) if row["decided_at"] else None,
            )
            for row in self._rows(sql)
        ]
        return tuple(sorted(found, key=lambda each: (-each.proposal.score, each.word)))

    def decide_words(self, words: Sequence[str], state: WordState, by: str, at: datetime) -> None:
        """Keep what a person says of words, all or none; raises `StoreError` for an unknown one."""
        with self._transaction():
            known = {row["word"] for row in self._rows("SELECT word FROM query_words")}
            for word in words:
                if word not in known:
                    said = _("没有提出过检索词 {word}，请先用 certhound queries list 查看")
                    raise StoreError(said.format(word=word))
                row = self._row("SELECT coalesce(max(seq), 0) + 1 AS seq FROM word_decisions")
                values: dict[str, Value] = {
                    "seq": int(row["seq"]) if row else 1,
                    "word": word,
                    "state": state.value,
                    "decided_by": by,
                    "at": stamp(at),
                }
                self._insert("word_decisions", values)

    def count_words(self, run_id: str, source: str, asked: Mapping[str, int]) -> None:
        """Add up how often a source asked for words in a run."""
        with self._transaction():
            for word, count in sorted(asked.items()):
                values: dict[str, Value] = {
                    "run": run_id,
                    "source": source,
                    "word": word,
                    "asked": 0,
                }
                self._insert("words_asked", values, "ON CONFLICT DO NOTHING")
                where = "run = ? AND source = ? AND word = ?"
                of = (run_id, source, word)
                self._change("words_asked", "asked = asked + ?", where, (count,), of)

    def asked_for(self, word: str, since: datetime) -> list[tuple[datetime, int]]:
        """When runs since a moment asked for a word, and how often, the newest first."""
        sql = """
            SELECT runs.started_at, sum(asked) AS asked
            FROM words_asked JOIN runs ON runs.id = words_asked.run
            WHERE word = ? AND runs.started_at >= ? GROUP BY runs.id ORDER BY runs.seq DESC
        """
        rows = self._rows(sql, (word, stamp(since)))
        return [(parse(row["started_at"]), int(row["asked"])) for row in rows]

    def accused_leads_said(self, words: str, since: datetime) -> list[tuple[str, str]]:
        """Leads first named since a moment by a reason that holds these words, with the reason.

        Only those whose page was judged suspect or doubtful; by id.
        """
        sql = """
            SELECT reasons.lead, reasons.detail FROM reasons
            WHERE reasons.at >= ? AND instr(reasons.detail, ?) > 0
            AND NOT EXISTS (
                SELECT 1 FROM reasons AS earlier
                WHERE earlier.lead = reasons.lead AND earlier.at < reasons.at
            )
            AND EXISTS (
                SELECT 1 FROM visits JOIN assessments ON assessments.visit = visits.id
                WHERE visits.lead = reasons.lead
                AND assessments.verdict IN ('suspect', 'doubtful')
            )
            ORDER BY reasons.lead, reasons.detail
        """
        rows = self._rows(sql, (stamp(since), words))
        return [(row["lead"], row["detail"]) for row in rows]

    def last_decided_cases(self, states: Sequence[CaseState], limit: int) -> list[str]:
        """The keys of cases in some states, those first about which people last said something."""
        marks = ", ".join("?" * len(states))
        sql = f"""
            SELECT key FROM cases WHERE state IN ({marks})
            ORDER BY (SELECT max(seq) FROM judgements WHERE judgements.key = cases.key) DESC, key
            LIMIT ?
        """
        rows = self._rows(sql, (*(state.value for state in states), limit))
        return [row["key"] for row in rows]

    def newest_clear_visits(self, limit: int) -> list[str]:
        """Ids of the newest Visits judged clear, one an address."""
        sql = """
            SELECT max(visits.id) AS id FROM visits
            JOIN assessments ON assessments.visit = visits.id
            WHERE assessments.verdict = 'clear'
            GROUP BY visits.lead ORDER BY max(visits.at) DESC LIMIT ?
        """
        return [row["id"] for row in self._rows(sql, (limit,))]
