"""What interviewers fill in."""

from datetime import timedelta
from typing import Any, cast

from django import forms
from django.utils import timezone

from gradetape.accounts.forms import tidy
from gradetape.accounts.models import User
from gradetape.catalog.models import Challenge
from gradetape.interviews.actions.setup import Asked, Rules
from gradetape.interviews.actions.sit import LONGEST_EXTRA
from gradetape.interviews.keeping import promise_of
from gradetape.interviews.models import AfterKeeping, Interview

MOST_TASKS = 20
LONGEST_MINUTES = 24 * 60
LONGEST_INSTRUCTIONS = 20_000
USUAL_DAYS = 14
LONGEST_DAYS = 90
LONGEST_KEEPING = 10 * 365


def moment(label: str, help_text: str = "") -> forms.DateTimeField:
    """A field for a date and a time, in the reader's time zone."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
    return forms.DateTimeField(label=label, required=False, widget=widget, input_formats=formats, help_text=help_text)


class Windowed(forms.ModelForm):  # type: ignore[type-arg]  # generic for the type checker alone
    """The fields that may change as long as an interview is not archived."""

    starts_at = moment("May be started from")
    ends_at = moment("Until", "Whoever has started by then goes on to their end.")
    hides_names = forms.BooleanField(
        required=False, label="Hide the candidates’ names from us",
        help_text="Candidates are numbers in a shuffled order wherever their work is shown. It can be switched at any "
        "time, and the log says who did.",
    )  # fmt: skip
    keep_days = forms.IntegerField(
        required=False, min_value=1, max_value=LONGEST_KEEPING, label="Keep what candidates did for (days)",
        help_text="From the end of each one’s time on. Empty: until somebody deletes it.",
    )  # fmt: skip

    keep_then = forms.ChoiceField(
        required=False, choices=AfterKeeping.choices, initial=AfterKeeping.ANONYMISE, label="After that",
        help_text="Without the person: no name, no mail, no code, no comments; only the numbers stay.",
    )  # fmt: skip

    class Meta:
        model = Interview
        fields = ["title", "starts_at", "ends_at", "hides_names", "keep_days", "keep_then"]

    def clean_title(self) -> str:
        return tidy(self.cleaned_data["title"])

    def clean_keep_then(self) -> str:
        """What is chosen; without a choice it stays as it is."""
        return self.cleaned_data["keep_then"] or self.instance.keep_then

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        begin, end = cleaned.get("starts_at"), cleaned.get("ends_at")
        if begin and end and end <= begin:
            self.add_error("ends_at", "This is not after the beginning.")
        promise = promise_of(self.instance)
        if promise and not promise.holds(cleaned.get("keep_days"), cleaned.get("keep_then")):
            self.add_error("keep_days", f"Somebody has agreed to this: {promise}. It can only become less.")
        return cleaned

    def rules(self) -> Rules:
        """What was filled in."""
        return cast("Rules", self.cleaned_data)


class InterviewForm(Windowed):
    """A draft, without its challenges."""

    instructions = forms.CharField(
        required=False, max_length=LONGEST_INSTRUCTIONS, widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Markdown. Candidates read it in the lobby and while they sit.",
    )  # fmt: skip
    minutes = forms.IntegerField(
        label="Length in minutes", min_value=5, max_value=LONGEST_MINUTES, initial=60,
        help_text="From the start to the end, for everybody without extra time.",
    )  # fmt: skip

    class Meta(Windowed.Meta):
        fields = ["instructions", "minutes", "visibility", *Windowed.Meta.fields]
        labels = {"visibility": "While it runs, candidates see of a submission"}


class TaskForm(forms.Form):
    """One row: a challenge and its weight. An empty one is left out."""

    challenge = forms.CharField(
        required=False, max_length=60, label="Challenge",
        widget=forms.TextInput(attrs={"list": "challenges", "autocomplete": "off"}),
    )  # fmt: skip
    weight = forms.IntegerField(required=False, min_value=1, max_value=100, initial=1, label="Weight")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_challenge(self) -> Challenge | None:
        slug = self.cleaned_data["challenge"].strip().lower()
        if not slug:
            return None
        found: Challenge | None = Challenge.objects.visible_to(self.user).filter(slug=slug).first()
        if found is None:
            raise forms.ValidationError(f"There is no challenge called {slug}. Choose one of the list.")
        return found


class TaskFormSet(forms.BaseFormSet):  # type: ignore[type-arg]
    """The challenges in their order."""

    def asked(self) -> list[Asked]:
        """The rows that name a challenge."""
        rows = [form.cleaned_data for form in self.forms]
        return [Asked(row["challenge"], row.get("weight") or 1) for row in rows if row.get("challenge")]

    def clean(self) -> None:
        slugs = [form.cleaned_data["challenge"].pk for form in self.forms if form.cleaned_data.get("challenge")]
        if len(slugs) != len(set(slugs)):
            raise forms.ValidationError("One challenge stands in two rows. Each can be asked once.")


Tasks = forms.formset_factory(
    TaskForm, formset=TaskFormSet, extra=0, min_num=0, max_num=MOST_TASKS, absolute_max=MOST_TASKS
)


class InviteForm(forms.Form):
    """People, a line each."""

    people = forms.CharField(
        max_length=40_000, widget=forms.Textarea(attrs={"rows": 4, "placeholder": "Ana <ana@example.org>"}),
        help_text="A line each: Name <mail>, or the mail alone.",
    )  # fmt: skip
    days = forms.IntegerField(
        label="The link holds for (days)", min_value=1, max_value=LONGEST_DAYS, initial=USUAL_DAYS
    )
    mail = forms.BooleanField(label="Send the links by mail", required=False, initial=True)

    def expires_at(self) -> Any:
        """When the links stop letting people in."""
        return timezone.now() + timedelta(days=self.cleaned_data["days"])


class RenewForm(forms.Form):
    """A new link."""

    mail = forms.BooleanField(required=False)


class ExtraTimeForm(forms.Form):
    """Minutes more than the others have."""

    minutes = forms.IntegerField(min_value=0, max_value=LONGEST_EXTRA)
