"""What authors fill in."""

from typing import Any

from django import forms

from gradetape.accounts.forms import tidy
from gradetape.accounts.models import User
from gradetape.authoring.describing import LIMITS, ROWS
from gradetape.catalog.models import Challenge, Difficulty, Kind

MOST_ROWS = 60
MOST_WORDS = 200_000
RUNTIMES = [("keras3", "Keras 3"), ("keras2", "Keras 2 (tf_keras)")]
CONTRACT_KINDS = [("function", "function"), ("class", "class"), ("object", "object")]


class NewProject(forms.Form):
    """Where a project begins."""

    ways = [
        ("template", "A template"),
        ("question", "A documented question"),
        ("challenge", "A challenge that is here"),
    ]

    way = forms.ChoiceField(choices=ways, initial="template", widget=forms.RadioSelect)
    title = forms.CharField(
        required=False,
        max_length=300,
        help_text="One line, as the list of challenges shows it. Empty: that of the source.",
    )
    slug = forms.CharField(
        max_length=60, label="Short name", help_text="In addresses and folders: small letters, digits and dashes."
    )
    question = forms.CharField(
        required=False, max_length=MOST_WORDS, widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
        help_text="Markdown: some words, and the answer in a block of code. The words become the statement, the names "
        "in the code the contract and the starter, the code the reference.",
    )  # fmt: skip
    challenge = forms.ModelChoiceField(
        Challenge.objects.none(), required=False, to_field_name="slug", empty_label="Choose one",
        help_text="All its files are copied. Under its own short name the project goes on with that challenge.",
    )  # fmt: skip

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice = self.fields["challenge"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = Challenge.objects.visible_to(user)

    def clean_title(self) -> str:
        return tidy(self.cleaned_data["title"])

    def clean(self) -> dict[str, Any]:
        """Each way needs what it begins with."""
        cleaned = super().clean() or {}
        way = cleaned.get("way")
        if way in ("question", "challenge") and not cleaned.get(way):
            self.add_error(way, "Paste the question here." if way == "question" else "Choose the challenge.")
        if way == "template" and not cleaned.get("title"):
            self.add_error("title", "Say what the challenge is called.")
        return cleaned


class NewFile(forms.Form):
    """A file to be added; its content is empty, or what is uploaded."""

    path = forms.CharField(max_length=160, label="Name", help_text="Such as submissions/rejected/wrong_axis.py")
    upload = forms.FileField(
        required=False, label="Content", help_text="Without one the file is empty.", allow_empty_file=True
    )


class About(forms.Form):
    """The single keys of challenge.toml."""

    title = forms.CharField(max_length=300)
    summary = forms.CharField(max_length=300, help_text="One line for the list of challenges.")
    kind = forms.ChoiceField(choices=Kind.choices)
    difficulty = forms.ChoiceField(choices=Difficulty.choices)
    topics = forms.CharField(help_text="Separated by commas.")
    runtime = forms.ChoiceField(choices=RUNTIMES)
    minutes = forms.IntegerField(min_value=5, max_value=240, help_text="For somebody who knows the matter.")
    source = forms.CharField(required=False, max_length=300, help_text="Where the question comes from.")
    cpu_seconds = forms.FloatField(required=False, min_value=1, max_value=3600, label="CPU seconds in all")
    memory_mb = forms.IntegerField(required=False, min_value=256, max_value=65536, label="Memory in MiB")
    case_seconds = forms.FloatField(required=False, min_value=1, max_value=3600, label="CPU seconds a case")
    calls = forms.CharField(
        required=False, label="Forbidden calls", widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        help_text="One dotted path a line, such as keras.layers.Dense.call.",
    )  # fmt: skip

    def shown(self) -> dict[str, Any]:
        """What was sent, as describing.written takes it."""
        sent = self.cleaned_data
        plain = {
            name: sent[name] for name in ("title", "summary", "kind", "difficulty", "runtime", "minutes", "source")
        }
        plain["topics"] = [tidy(one) for one in sent["topics"].split(",") if one.strip()]
        limits = {name: _number(sent[name]) for name in LIMITS}
        return {"plain": plain, "limits": limits, "calls": sent["calls"].split()}


class Row(forms.Form):
    """A table that comes many times. `at` is its place in the text; a new one has none."""

    at = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=0)


class ContractRow(Row):
    """A name that a solution has to define."""

    name = forms.CharField(max_length=300)
    kind = forms.ChoiceField(choices=CONTRACT_KINDS)
    signature = forms.CharField(required=False, max_length=300)


class PartRow(Row):
    """A group of cases."""

    id = forms.CharField(max_length=60)
    title = forms.CharField(max_length=300)


class CaseRow(Row):
    """One thing that is tried."""

    id = forms.CharField(max_length=60)
    part = forms.CharField(max_length=60)
    points = forms.FloatField(min_value=0, max_value=100)
    sample = forms.BooleanField(required=False)
    title = forms.CharField(max_length=300)
    hint = forms.CharField(required=False, max_length=300)


_SETTINGS: dict[str, Any] = {"extra": 0, "max_num": MOST_ROWS, "absolute_max": MOST_ROWS, "can_delete": True}
ROW_FORMS = {"contract": ContractRow, "parts": PartRow, "cases": CaseRow}
ROW_SETS = {name: forms.formset_factory(form, **_SETTINGS) for name, form in ROW_FORMS.items()}


def rows_of(row_set: Any, name: str) -> list[dict[str, Any]]:
    """The rows that stay, as describing.written takes them."""
    rows = [form.cleaned_data for form in row_set.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
    return [{"at": row["at"]} | {key: _kept(key, row[key]) for key in ROWS[name]} for row in rows]


def _kept(key: str, value: Any) -> Any:
    if key == "points":
        return _number(value)
    # Not a sample is how a case is without the key.
    return (value or None) if key == "sample" else value


def _number(value: float | None) -> float | int | None:
    """30.0 is written as 30."""
    return int(value) if value is not None and float(value).is_integer() else value


class Upload(forms.Form):
    """An archive with a challenge."""

    archive = forms.FileField(label="Archive", help_text="A .tar, .tar.gz or .zip with the files of one challenge.")


class UploadNew(Upload):
    """The same as a new project."""

    slug = forms.CharField(
        required=False, max_length=60, label="Short name", help_text="Empty: the one that the archive says."
    )
