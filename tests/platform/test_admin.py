"""Django's admin: every page of every model answers, to administrators alone, without secrets and in few queries."""

import pytest
from administered import PLANTED, plant
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from support import signed_in

from gradetape.accounts.models import Role, Team, User
from gradetape.administration.reading import ReadOnlyAdmin
from gradetape.administration.site import GROUPS, sentence_of
from gradetape.interviews.models import Sitting
from gradetape.reviews.models import Review
from gradetape.submissions.models import Submission

pytestmark = pytest.mark.django_db(transaction=True)
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)
WRITTEN = {User, Team}
NAMES = [model._meta.label for model in MODELS]


def page_of(model: type, kind: str, *arguments: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{kind}", args=arguments)


@pytest.fixture
def as_ada(ada) -> Client:
    return signed_in(ada)


@pytest.fixture
def planted(ada) -> None:
    plant(1, ada)


def first(model: type) -> object:
    """A row that is listed."""
    queryset = admin.site._registry[model].get_queryset(None)
    found = queryset.exclude(role=Role.ADMIN).first() if model is User else queryset.first()
    assert found, f"plant a row of {model} in config/administered.py"
    return found


def test_everything_has_a_place_on_the_index_and_says_what_it_is(as_ada):
    placed = {label for group in GROUPS for label in group.apps}
    assert {model._meta.app_label for model in MODELS} <= placed
    page = as_ada.get("/admin/").text
    for model in MODELS:
        sentence = sentence_of(type(admin.site._registry[model]))
        assert sentence.endswith("."), model
        assert sentence.replace("'", "&#x27;") in page
    assert all(group.sentence in page for group in GROUPS)


def test_what_holds_by_rules_is_not_written_by_hand():
    for model in MODELS:
        assert isinstance(admin.site._registry[model], ReadOnlyAdmin) == (model not in WRITTEN), model


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_every_page_answers(planted, as_ada, model):
    described = admin.site._registry[model]
    listed = page_of(model, "changelist")
    assert as_ada.get(listed).status_code == 200
    if described.search_fields:
        assert as_ada.get(listed, {"q": "doubling 'x"}).status_code == 200
    for one in as_ada.get(listed).context["cl"].filter_specs:
        for choice in one.choices(as_ada.get(listed).context["cl"]):
            assert as_ada.get(f"{listed}{choice['query_string']}").status_code == 200
    row = first(model)
    assert as_ada.get(page_of(model, "change", row.pk)).status_code == 200
    assert as_ada.get(page_of(model, "history", row.pk)).status_code == 200
    may_write = model in WRITTEN
    assert as_ada.get(page_of(model, "add")).status_code == (200 if may_write else 403)
    assert as_ada.get(page_of(model, "delete", row.pk)).status_code == (200 if may_write else 403)
    if not may_write:
        assert as_ada.post(page_of(model, "change", row.pk), {}).status_code == 403
        assert as_ada.post(listed, {"action": "delete_selected", "_selected_action": row.pk}).status_code != 500
        assert type(row)._default_manager.filter(pk=row.pk).exists()


@pytest.mark.parametrize("model", MODELS, ids=NAMES)
def test_no_page_shows_a_secret_or_a_name_that_is_hidden(planted, as_ada, model):
    row = first(model)
    for path in (page_of(model, "changelist"), page_of(model, "change", row.pk)):
        page = as_ada.get(path).text
        assert PLANTED not in page
        assert "Cleo the hidden" not in page
        assert Review(recommendation="strong_no").get_recommendation_display() not in page


def test_every_app_has_its_own_page(as_ada):
    for label in {model._meta.app_label for model in MODELS}:
        assert as_ada.get(reverse("admin:app_list", args=[label])).status_code == 200


def queries_of(client: Client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


def test_lists_ask_no_more_for_more_rows(planted, ada, as_ada):
    before = {model: queries_of(as_ada, page_of(model, "changelist")) for model in MODELS}
    assert max(before.values()) < 20
    for number in (2, 3, 4):
        plant(number, ada)
    grown = {}
    for model, few in before.items():
        many = queries_of(as_ada, page_of(model, "changelist"))
        if many > few:
            grown[model._meta.label] = (few, many)
    assert not grown


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMIN])
def test_nobody_else_gets_anything(planted, ada, role):
    somebody = User.objects.create_user("sol@example.org", "a-long-password", role=role, trusted_to_publish=True)
    client = signed_in(somebody)
    paths = ["/admin/", "/admin/jsi18n/", "/admin/autocomplete/"]
    for model in MODELS:
        row = first(model)
        paths += [page_of(model, "changelist"), page_of(model, "add"), page_of(model, "change", row.pk)]
    for path in paths:
        for answer in (client.get(path), client.post(path, {})):
            assert answer.status_code in {302, 403}, path
            assert PLANTED not in answer.text


def test_administrators_find_it_in_their_menu(as_ada, as_ana):
    assert 'href="/admin/"' in as_ada.get("/challenges/").text
    assert "/admin/" not in as_ana.get("/challenges/").text


def test_one_signs_in_as_everywhere():
    answer = Client().get("/admin/accounts/user/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/accounts/login/?next=")


def test_an_administrator_who_is_switched_off_gets_nothing(ada):
    client = signed_in(ada)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert client.get("/admin/").status_code == 302


def test_a_hidden_name_is_not_found_by_searching(planted, as_ada):
    for model in (Sitting, Submission):
        listed = as_ada.get(page_of(model, "changelist"), {"q": "Cleo"})
        assert listed.context["cl"].result_count == 0
    assert "hidden" in as_ada.get(page_of(Sitting, "changelist")).text


def test_guests_are_nobody_s_accounts(planted, as_ada):
    guest = Sitting.objects.get().candidate
    assert guest.email not in as_ada.get(page_of(User, "changelist")).text
    assert as_ada.get(page_of(User, "change", guest.pk)).status_code == 302
