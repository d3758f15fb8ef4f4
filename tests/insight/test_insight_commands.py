"""The commands answer every line and never touch the database."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command


def run(tmp_path, command, lines, *options):
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("\n".join(lines), encoding="utf-8")
    call_command(command, str(source), "--out", str(target), *options, stderr=StringIO())
    return [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]


def test_each_line_has_an_answer_in_its_order(tmp_path):
    lines = [
        '{"id": 1, "text": "pool closed today"}',
        "nonsense",
        '{"id": 3}',
        '{"id": 4, "text": "Pool closed today"}',
        "[]",
    ]
    answers = run(tmp_path, "smeditor_group", lines)
    assert [a["id"] for a in answers] == [1, None, 3, 4, None]
    assert answers[0]["concern"] == answers[3]["concern"] is not None
    assert all("error" in answers[n] for n in (1, 2, 4))


def test_a_text_that_stands_alone_has_no_concern_yet(tmp_path):
    assert run(tmp_path, "smeditor_group", ['{"id": "x", "text": "pool closed"}']) == [{"id": "x", "concern": None}]


def test_a_threshold_out_of_range_is_refused(tmp_path):
    with pytest.raises(CommandError, match="between 0 and 1"):
        run(tmp_path, "smeditor_group", [], "--threshold", "2")


def test_buckets_give_alerts_with_kind_and_expected_value(tmp_path):
    start = datetime(2026, 1, 5, tzinfo=UTC)
    counts = [4] * 3 * 672 + [50] * 4
    lines = [
        json.dumps({"at": (start + timedelta(minutes=15 * i)).isoformat(), "count": n}) for i, n in enumerate(counts)
    ]
    alerts = run(tmp_path, "smeditor_alerts", lines)
    assert {a["kind"] for a in alerts} == {"early", "confirmed"}
    assert all(a["expected"] < 6 < a["count"] for a in alerts)


def counted(*ats: str) -> list[str]:
    return [json.dumps({"at": at, "count": 1}) for at in ats]


def test_a_lone_date_from_the_future_is_named_and_does_not_refuse_what_comes_after_it(tmp_path):
    lines = counted("2026-01-05T00:00", "2062-01-05T00:15", "2026-01-05T00:30", "2026-01-05T00:45", "2099-01-01T00:00")
    (answer,) = run(tmp_path, "smeditor_alerts", lines)
    assert answer["line"] == 2
    assert answer["error"]


def test_after_a_real_gap_a_series_goes_on(tmp_path):
    assert run(tmp_path, "smeditor_alerts", counted("2026-01-05T00:00", "2026-03-05T00:00", "2026-03-05T00:15")) == []


def test_a_bucket_before_the_one_that_came_last_is_refused_also_while_one_is_kept(tmp_path):
    lines = counted("2026-01-05T00:15", "2062-01-05T00:15", "2026-01-05T00:00", "2026-01-05T00:30")
    assert sorted(answer["line"] for answer in run(tmp_path, "smeditor_alerts", lines)) == [2, 3]


def test_a_bad_bucket_is_answered_with_its_line(tmp_path):
    lines = ['{"at": "2026-01-05T00:00:00Z", "count": -1}', '{"at": "soon", "count": 1}', '{"count": 1}', '{"at": 5}']
    assert [a["line"] for a in run(tmp_path, "smeditor_alerts", lines)] == [1, 2, 3, 4]


def test_lines_that_name_an_article_are_grouped_within_it_and_the_others_as_before(tmp_path):
    question = "Pourquoi le guichet de la gare ferme-t-il le samedi ?"
    rows = [
        {"id": "a", "text": question, "lang": "fr", "article": 1},
        {"id": "b", "text": question.upper(), "lang": "fr", "article": 1},
        {"id": "c", "text": "pool closed today"},
        {"id": "d", "text": "Pool closed today"},
        {"id": "e", "text": "Rien à voir", "lang": "fr", "article": "1"},
    ]
    found = {answer["id"]: answer["concern"] for answer in run(tmp_path, "smeditor_group", map(json.dumps, rows))}
    assert found["a"] == found["b"] is not None
    assert found["c"] == found["d"] not in (None, found["a"])
    assert found["e"] is None


def test_questions_are_written_best_first(tmp_path):
    rows = [
        {"id": n, "text": text, "lang": "fr", "article": "x"}
        for n, text in enumerate(
            ["Combien coûte le repas ?", "Le repas, c'est combien ?", "Bravo à tous", "Et le car ?"]
        )
    ]
    asked = tmp_path / "questions.jsonl"
    run(tmp_path, "smeditor_group", map(json.dumps, rows), "--ask", str(asked))
    questions = [json.loads(line) for line in asked.read_text(encoding="utf-8").splitlines()]
    assert set(questions[0]) == {"a", "b", "p"}
    assert {questions[0]["a"], questions[0]["b"]} == {0, 1}
    assert all(0 <= q["p"] <= 1 for q in questions)


def test_in_one_pass_nothing_can_be_asked(tmp_path):
    with pytest.raises(CommandError, match="--words"):
        run(tmp_path, "smeditor_group", [], "--words", "--ask", str(tmp_path / "q"))
