"""``manage.py smeditor_triage``: a line in, a line out, whatever the line."""

import io
import json

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from hypothesis import given
from hypothesis import strategies as st

from smeditor.insight.triage import shipped, triage
from smeditor.management import jsonlines
from smeditor.management.commands.smeditor_triage import answers

LINES = st.one_of(
    st.text(max_size=60),
    st.dictionaries(st.sampled_from(["id", "text", "lang", "x"]), st.one_of(st.none(), st.integers(), st.text(max_size=40)), max_size=4).map(json.dumps),
    st.sampled_from(["[" * 2_000, '{"text": "' + "na " * 2_000 + '"}', '{"id": 1, "text": "\\ud800"}', "null", "1e999"]),
)  # fmt: skip


@given(st.lists(LINES.filter(lambda line: not set(line) & set("\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")), max_size=8))
def test_whatever_the_lines_none_is_lost_and_every_answer_can_be_written(lines):
    wanted = [line for line in lines if line.strip()]
    given_back = list(answers(io.StringIO("\n".join(lines))))
    assert len(given_back) == len(wanted)
    out = io.StringIO()
    for answer in given_back:
        jsonlines.write_row(out, answer)
    assert [json.loads(line).keys() for line in out.getvalue().splitlines()] == [answer.keys() for answer in given_back]


def test_a_line_without_an_end_is_answered_once_and_named(monkeypatch):
    monkeypatch.setattr(jsonlines, "MAX_LINE", 50)
    given_back = list(
        answers(io.StringIO('{"id": 1, "text": "' + "a" * 500 + '"}\n{"id": 2, "text": "Merci !", "lang": "fr"}\n'))
    )
    assert "1" in given_back[0]["error"]
    assert "50" in given_back[0]["error"]
    assert (given_back[1]["id"], given_back[1]["flags"]) == (2, ["thanks"])


def test_each_line_is_answered_in_order_and_a_bad_one_does_not_stop_the_run(tmp_path):
    lines = [
        b'{"id": 1, "text": "Merci pour cet article", "lang": "fr"}',
        b"not json",
        b'{"id": 3}',
        b'{"id": 4, "text": 5}',
        b'{"id": 6, "text": "\\ud800 thanks for the article"}',
        b'{"id": 7, "text": "\xff\xfe"}',
        b"[1, 2]",
        b'{"id": "9", "text": "Why?", "lang": 3}',
        b"[" * 5_000,
    ]
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_bytes(b"\n".join(lines) + b"\n")
    call_command("smeditor_triage", str(source), out=str(out), stderr=io.StringIO())
    answers = [json.loads(line) for line in out.read_text().splitlines()]
    assert len(answers) == len(lines)
    first = answers[0]
    assert set(first) == {"id", "lang", "flags", "scores", "because"}
    assert (first["id"], first["lang"], first["flags"]) == (1, "fr", ["thanks"])
    assert first["because"]["thanks"][0] == [0, 5, "thank-you"]
    assert [answer["id"] for answer in answers if "error" in answer] == [None, 3, 4, None, None]
    assert answers[4]["flags"] == ["thanks"]


def test_it_reads_standard_input(monkeypatch, tmp_path):
    monkeypatch.setattr("sys.stdin", io.StringIO('{"id": 1, "text": "Thank you"}\n'))
    out = tmp_path / "out.jsonl"
    call_command("smeditor_triage", "-", out=str(out), stderr=io.StringIO())
    assert json.loads(out.read_text())["flags"] == ["thanks"]


def test_a_missing_file_is_said_in_a_sentence(tmp_path):
    with pytest.raises(CommandError, match=r"nowhere\.jsonl"):
        call_command("smeditor_triage", str(tmp_path / "nowhere.jsonl"), out="-")


def test_the_version_is_stored_beside_the_result():
    assert triage("Merci").version == shipped().version
