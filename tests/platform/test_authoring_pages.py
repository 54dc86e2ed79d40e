"""The pages of the studio: writing, versions, problems, preview, the form of challenge.toml."""

import re
import tomllib

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from support import signed_in

from gradetape.accounts.models import Role, User
from gradetape.authoring import files, guidance, history
from gradetape.authoring.actions import projects
from gradetape.authoring.models import Project
from gradetape.authoring.starting import question, template

pytestmark = pytest.mark.django_db

HOME = "/studio/projects/scaling/"
QUESTION = """## Question 7

**How do you write a layer that doubles?**

### Solution
```python
import tensorflow as tf

class Doubling(tf.keras.layers.Layer):
    \"\"\"Twice its input.\"\"\"

    def __init__(self, factor=2.0, **kwargs):
        super().__init__(**kwargs)
        self.factor = factor

    def call(self, inputs):
        return inputs * self.factor

def doubled(x):
    return Doubling()(x)

print(doubled(tf.ones(3)))
```
"""


@pytest.fixture
def avi(db: None) -> User:
    return User.objects.create_user("avi@example.org", "d-long-password", display_name="Avi", role=Role.AUTHOR)


@pytest.fixture
def as_avi(avi) -> Client:
    return signed_in(avi)


@pytest.fixture
def project(avi) -> Project:
    return projects.make(slug="scaling", contents=template.files("Scaling"), by=avi)


def put(client, path, source, revision, **more):
    body = {"source": source, "revision": revision, **more}
    return client.put(f"{HOME}files/{path}/", body, content_type="application/json")


def ask(client, path, what, source):
    return client.post(f"{HOME}files/{path}/{what}/", {"source": source}, content_type="application/json")


def test_nobody_but_authors_finds_the_studio(project, as_ana, ada):
    ben = User.objects.create_user("ben@example.org", "e-long-password", role=Role.AUTHOR)
    iva = User.objects.create_user("iva@example.org", "f-long-password", role=Role.INTERVIEWER)
    assert [client.get("/studio/").status_code for client in (as_ana, signed_in(iva), signed_in(ben))] == [
        404,
        404,
        200,
    ]
    for path in (
        "",
        "about/",
        "download/",
        "upload/",
        "files/probes.py/",
        "files/probes.py/versions/",
        "files/probes.py/raw/",
    ):
        assert [client.get(f"{HOME}{path}").status_code for client in (as_ana, signed_in(ben))] == [404, 404], path
        assert signed_in(ada).get(f"{HOME}{path}").status_code == 200, path


def test_the_list_begins_empty_and_says_how_to_begin(as_avi):
    page = as_avi.get("/studio/").content.decode()
    assert "No project yet" in page
    assert "/studio/new/" in page


def test_the_list_asks_as_much_for_many_projects_as_for_one(as_avi, avi, project):
    with CaptureQueriesContext(connection) as one:
        as_avi.get("/studio/")
    for number in range(5):
        projects.make(slug=f"more-{number}", contents={}, by=avi)
    with CaptureQueriesContext(connection) as many:
        as_avi.get("/studio/")
    assert len(many) == len(one)


def test_a_project_from_the_template_is_whole(as_avi):
    made = as_avi.post("/studio/new/", {"way": "template", "title": "Cosine layer", "slug": "cosine-layer"})
    assert made.headers["Location"] == "/studio/projects/cosine-layer/"
    package = files.package_of(Project.objects.get(slug="cosine-layer"))
    assert package.title == "Cosine layer"
    assert "nothing is wrong" in as_avi.get(made.headers["Location"]).content.decode().lower()


def test_a_project_from_a_question_has_its_words_names_and_code(as_avi):
    as_avi.post("/studio/new/", {"way": "question", "slug": "doubling-layer", "question": QUESTION})
    made = {path: content.decode() for path, content in files.contents_of(Project.objects.get()).items()}
    about = tomllib.loads(made["challenge.toml"])
    assert about["title"] == "How do you write a layer that doubles"
    assert [(one["name"], one["signature"]) for one in about["contract"]] == [
        ("Doubling", "(factor=2.0, **kwargs)"), ("doubled", "(x)"),
    ]  # fmt: skip
    assert "return inputs" not in made["starter.py"] + made["statement.md"]
    assert "return inputs * self.factor" in made["reference.py"]
    assert "print(doubled" not in made["reference.py"]
    assert "print(doubled" in made["statement.md"]
    assert "@probe" in made["probes.py"]


@pytest.mark.parametrize(
    "text", ["", "Only words.", "```python\nthis is = no python\n```", "```python\nx = 1\n", "**a**\0"]
)
def test_any_text_makes_a_project(text):
    made = question.files(text)
    tomllib.loads(made["challenge.toml"].decode())
    assert {"statement.md", "starter.py", "probes.py", "reference.py"} <= made.keys()


def test_a_project_from_a_challenge_has_all_its_files(as_avi, version):
    as_avi.post("/studio/new/", {"way": "challenge", "slug": "doubling", "challenge": "doubling"})
    project = Project.objects.get()
    assert project.based_on == version
    assert files.package_of(project).digest == version.digest


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"way": "question", "slug": "a"}, "Paste the question"),
        ({"way": "challenge", "slug": "a"}, "Choose the challenge"),
        ({"way": "template", "slug": "a"}, "what the challenge is called"),
        ({"way": "template", "slug": "A b", "title": "x"}, "small letters"),
        ({"way": "template", "slug": "doubling", "title": "x"}, "published challenge"),
    ],
)
def test_a_project_that_can_not_be_begun_says_why(as_avi, version, fields, words):
    answer = as_avi.post("/studio/new/", fields)
    assert answer.status_code == 400
    assert words in answer.content.decode()
    assert not Project.objects.exists()


def test_the_editor_opens_each_file(as_avi, project):
    for path in files.contents_of(project):
        assert as_avi.get(f"{HOME}files/{path}/").status_code == 200, path


def test_typing_is_kept_with_its_revision(as_avi, project):
    answer = put(as_avi, "probes.py", "# new\n", 1)
    assert (answer.status_code, answer.json()["revision"]) == (200, 2)
    assert files.contents_of(project)["probes.py"] == b"# new\n"


def test_a_conflict_answers_with_the_newer_text_and_overwrites_nothing(as_avi, project, ada):
    put(signed_in(ada), "probes.py", "# theirs\n", 1)
    answer = put(as_avi, "probes.py", "# mine\n", 1)
    assert (answer.status_code, answer.json()["source"], answer.json()["revision"]) == (409, "# theirs\n", 2)
    assert files.contents_of(project)["probes.py"] == b"# theirs\n"


def test_a_file_that_is_gone_is_not_made_anew_by_typing(as_avi, project):
    as_avi.post(f"{HOME}files/review.md/delete/")
    assert put(as_avi, "review.md", "late", 1).status_code == 410
    assert "review.md" not in files.contents_of(project)


@pytest.mark.parametrize("path", ["other.py", "data/secret/../../etc", "submissions/rejected/a.txt"])
def test_odd_names_are_not_saved(as_avi, project, path):
    assert put(as_avi, path, "x", 0).status_code in (400, 404)


def test_versions_are_listed_and_read(as_avi, project):
    put(as_avi, "probes.py", "# new\n", 1, keep_previous=True)
    listed = as_avi.get(f"{HOME}files/probes.py/versions/").json()["versions"]
    assert [one["revision"] for one in listed] == [1]
    assert "def rows" in as_avi.get(f"{HOME}files/probes.py/versions/1/").json()["source"]
    assert as_avi.get(f"{HOME}files/probes.py/versions/9/").status_code == 404


def test_files_are_added_renamed_deleted_and_had_back(as_avi, project):
    new = "submissions/rejected/new.py"
    assert as_avi.post(f"{HOME}files/", {"path": new}).headers["Location"] == f"{HOME}files/{new}/"
    moved = "submissions/cheating/moved.py"
    assert as_avi.post(f"{HOME}files/{new}/rename/", {"to": moved}).headers["Location"] == f"{HOME}files/{moved}/"
    put(as_avi, moved, "x = 1\n", 1)
    as_avi.post(f"{HOME}files/{moved}/delete/")
    assert moved not in files.contents_of(project)
    as_avi.post(f"{HOME}files/{moved}/restore/")
    assert files.contents_of(project)[moved] == b"x = 1\n"


def test_an_uploaded_file_takes_the_place_of_the_old_one_which_is_kept(as_avi, project, tmp_path):
    for number in (1, 2):
        data = tmp_path / "wanted.npz"
        data.write_bytes(b"PK\x03\x04\xff" + bytes([number]))
        with data.open("rb") as upload:
            as_avi.post(f"{HOME}files/", {"path": "data/secret/wanted.npz", "upload": upload})
    assert as_avi.get(f"{HOME}files/data/secret/wanted.npz/raw/").content == b"PK\x03\x04\xff\x02"
    assert [one.revision for one in history.versions_of(project, "data/secret/wanted.npz")] == [1]
    assert "no text" in as_avi.get(f"{HOME}files/data/secret/wanted.npz/").content.decode()


def test_downloaded_files_are_never_opened_by_the_browser(as_avi, project):
    answer = as_avi.get(f"{HOME}files/statement.md/raw/")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="statement.md"'
    assert answer.headers["Content-Type"] == "application/octet-stream"


def test_problems_are_told_of_what_is_being_typed(as_avi, project):
    text = files.contents_of(project)["challenge.toml"].decode().replace("points = 40", "points = 41")
    problems = ask(as_avi, "challenge.toml", "lint", text).json()["problems"]
    assert [(one["file"], text.splitlines()[one["line"] - 1]) for one in problems] == [
        ("challenge.toml", "points = 25")
    ]
    assert "received 101" in problems[0]["message"]
    assert b"points = 40" in files.contents_of(project)["challenge.toml"]


def test_code_is_read_and_never_run(as_avi, project, tmp_path):
    ran = tmp_path / "ran"
    code = f'open({str(ran)!r}, "w").write("x")\n'
    put(as_avi, "probes.py", code, 1)
    put(as_avi, "reference.py", code, 1)
    for path in ("probes.py", "reference.py", "starter.py"):
        assert ask(as_avi, path, "lint", code).status_code == 200
    assert as_avi.get(HOME).status_code == 200
    assert not ran.exists()


def test_the_preview_is_what_candidates_see_and_harmless(as_avi, project):
    source = "# Title\n\n<script>alert(1)</script><img src=x onerror=alert(1)>\n\n**bold** [x](javascript:alert(1))\n"
    html = ask(as_avi, "statement.md", "preview", source).json()["html"]
    assert "<strong>bold</strong>" in html
    assert "Scaling" in html
    assert not re.search(r"<script|<img|href=.javascript|onerror=", html)


def test_only_markdown_has_a_preview(as_avi, project):
    assert ask(as_avi, "probes.py", "preview", "x").status_code == 400


def test_help_has_every_name_that_probes_and_checks_are_written_with(as_avi, project):
    page = as_avi.get(f"{HOME}files/checks.py/")
    assert page.status_code == 404
    page = as_avi.get(f"{HOME}files/probes.py/").content.decode()
    for name in (
        "probe(name)",
        "f32(rng, *shape)",
        "raised(function",
        "at_least(",
        "agree(",
        "replay(probe)",
        "cpu_ratio(",
    ):
        assert name in page, name
    assert len(guidance.chapters()[3].names) > 20


def form_of(client) -> dict[str, str]:
    """The fields of the form as a browser would send them."""
    page = client.get(f"{HOME}about/").context
    fields = {"revision": page["revision"]}
    for form in [page["form"], *(row for one in page["sets"].values() for row in [one.management_form, *one.forms])]:
        for field in form:
            value = field.value()
            if value is not None and value is not False:
                fields[field.html_name] = "on" if value is True else value
    return fields


def test_the_form_shows_what_the_text_says_and_saving_it_changes_nothing(as_avi, project):
    before = files.contents_of(project)["challenge.toml"]
    fields = form_of(as_avi)
    assert (fields["title"], fields["cases-2-hint"]) == ("Scaling", "What dtype has the result, and what dtype had x?")
    assert as_avi.post(f"{HOME}about/", fields).status_code == 302
    assert files.contents_of(project)["challenge.toml"] == before


def test_the_form_changes_values_and_leaves_comments(as_avi, project):
    fields = form_of(as_avi) | {
        "minutes": "25",
        "cases-1-points": "30",
        "cases-2-points": "30",
        "topics": "layers, losses",
    }
    as_avi.post(f"{HOME}about/", fields)
    text = files.contents_of(project)["challenge.toml"].decode()
    about = tomllib.loads(text)
    assert (about["minutes"], about["topics"]) == (25, ["layers", "losses"])
    assert [case["points"] for case in about["cases"]] == [40, 30, 30]
    assert "# All points add up to 100." in text
    assert 'kind = "coding"                     # or "scenario"' in text


def test_the_form_adds_and_removes_rows(as_avi, project):
    fields = form_of(as_avi)
    grown = as_avi.post(f"{HOME}about/", fields | {"more": "cases"}).context["sets"]["cases"]
    assert len(grown.forms) == 4
    fields |= {"cases-TOTAL_FORMS": "4", "cases-0-DELETE": "on"}
    fields |= {"cases-3-id": "empty", "cases-3-part": "care", "cases-3-points": "40", "cases-3-title": "No rows"}
    fields |= {"cases-3-hint": "What is (0, 3)?", "cases-3-sample": "on"}
    as_avi.post(f"{HOME}about/", fields)
    cases = tomllib.loads(files.contents_of(project)["challenge.toml"].decode())["cases"]
    assert [case["id"] for case in cases] == ["square", "dtype", "empty"]
    assert cases[2] == {
        "id": "empty",
        "part": "care",
        "points": 40,
        "sample": True,
        "title": "No rows",
        "hint": "What is (0, 3)?",
    }


def test_a_form_on_top_of_an_older_text_is_refused(as_avi, project):
    fields = form_of(as_avi)
    text = files.contents_of(project)["challenge.toml"].decode()
    put(as_avi, "challenge.toml", f"# more\n{text}", 1)
    answer = as_avi.post(f"{HOME}about/", fields | {"title": "Mine"})
    assert answer.status_code == 409
    assert "Nothing is overwritten" in answer.content.decode()
    assert b"# more" in files.contents_of(project)["challenge.toml"]


def test_what_is_no_toml_is_mended_in_the_editor(as_avi, project):
    put(as_avi, "challenge.toml", "title = \n", 1)
    assert as_avi.get(f"{HOME}about/").headers["Location"] == f"{HOME}files/challenge.toml/"


def test_authors_share_a_project(as_avi, project):
    ben = User.objects.create_user("ben@example.org", "e-long-password", role=Role.AUTHOR)
    as_avi.post(f"{HOME}authors/", {"who": "ben@example.org"})
    assert signed_in(ben).get(HOME).status_code == 200
    signed_in(ben).post(f"{HOME}authors/{ben.pk}/remove/")
    assert signed_in(ben).get(HOME).status_code == 404


def test_an_archived_project_is_in_the_archive_alone(as_avi, project):
    as_avi.post(f"{HOME}archive/")
    assert HOME not in as_avi.get("/studio/").content.decode()
    assert HOME in as_avi.get("/studio/?archived=1").content.decode()
    as_avi.post(f"{HOME}archive/")
    assert HOME in as_avi.get("/studio/").content.decode()
