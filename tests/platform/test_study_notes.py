"""Notes to oneself: kept while one types, never overwritten by another window, read by nobody else."""

import json

import pytest

from gradetape.study.actions import NOTE_LIMIT, save_note
from gradetape.study.exceptions import NoteChanged
from gradetape.study.models import Note

pytestmark = pytest.mark.django_db(transaction=True)
PLACE = "/challenges/doubling/notes/"


def put(client, text, revision):
    return client.put(PLACE, json.dumps({"source": text, "revision": revision}), content_type="application/json")


def test_a_note_is_kept_on_top_of_what_it_was_written_on(version, as_ana):
    assert put(as_ana, "one", 0).json()["revision"] == 1
    assert put(as_ana, "two", 1).json()["revision"] == 2
    assert put(as_ana, "two", 1).json()["revision"] == 2, "an answer may have been lost on its way"
    assert "two" in as_ana.get(PLACE).text


@pytest.mark.parametrize("revision", [0, 1, 9])
def test_a_note_that_was_changed_elsewhere_is_not_overwritten(version, ana, as_ana, revision):
    put(as_ana, "one", 0)
    put(as_ana, "two", 1)
    answer = put(as_ana, "mine", revision)
    assert (answer.status_code, answer.json()["source"], answer.json()["revision"]) == (409, "two", 2)
    assert Note.objects.get().text == "two"


def test_a_note_that_is_gone_counts_as_changed(version, ana):
    with pytest.raises(NoteChanged) as caught:
        save_note(candidate=ana, challenge=version.challenge, text="x", revision=3)
    assert (caught.value.newer.text, caught.value.newer.revision) == ("", 0)


def test_without_a_script_a_form_saves_and_both_texts_survive(version, as_ana):
    assert as_ana.post(PLACE, {"text": "one\r\ntwo", "revision": "0"}).status_code == 302
    assert Note.objects.get().text == "one\ntwo"
    answer = as_ana.post(PLACE, {"text": "mine", "revision": "0"})
    shown = answer.context["note"]
    assert (answer.status_code, shown.revision) == (409, 1)
    assert "one\ntwo" in shown.text
    assert "mine" in shown.text
    assert Note.objects.get().text == "one\ntwo"
    assert as_ana.post(PLACE, {"text": shown.text, "revision": "1"}).status_code == 302


def test_what_is_too_long_is_refused_and_shown_again(version, as_ana):
    long = "x" * (NOTE_LIMIT + 1)
    assert put(as_ana, long, 0).status_code == 400
    answer = as_ana.post(PLACE, {"text": long, "revision": "x"})
    assert (answer.status_code, answer.context["note"].text) == (400, long)
    assert not Note.objects.exists()


@pytest.mark.parametrize(
    "body", ["", "[]", '{"source": 1, "revision": 0}', '{"source": "x"}', '{"source":"x","revision":-1}']
)
def test_what_is_no_note_is_refused(version, as_ana, body):
    assert as_ana.put(PLACE, body, content_type="application/json").status_code == 400


def test_what_no_database_takes_is_written_otherwise(version, as_ana):
    assert put(as_ana, "a\x00b\ud800", 0).status_code == 200
    assert Note.objects.get().text == "a\u2400b?"


def test_nobody_else_reads_it_not_even_an_administrator(version, as_ana, as_bob, client, ada):
    put(as_ana, "for ana alone", 0)
    client.force_login(ada)
    for other in (as_bob, client):
        assert "for ana alone" not in other.get(PLACE).text
    put(as_bob, "bob's", 0)
    assert sorted(Note.objects.values_list("text", flat=True)) == ["bob's", "for ana alone"]


def test_markdown_is_shown_without_anything_that_acts(version, as_ana):
    put(
        as_ana, "# Title\n\n**bold** <script>alert(1)</script> [x](javascript:alert(2)) <img src=x onerror=alert(3)>", 0
    )
    page = as_ana.get(PLACE)
    assert "<strong>bold</strong>" in page.context["note_html"]
    assert "<h1>Title</h1>" in page.context["note_html"]
    for trace in ("<script", "href", "onerror"):
        assert trace not in page.context["note_html"]
