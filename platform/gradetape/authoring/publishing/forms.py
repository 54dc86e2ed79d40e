"""What somebody says who publishes, proposes, or decides."""

from typing import Any

from django import forms

from gradetape.authoring.models import Mode
from gradetape.authoring.publishing.readiness import Ready
from gradetape.authoring.publishing.releasing import Wish

LONGEST = 2000


class Choosing(forms.Form):
    """What happens to what was graded with other versions. Of a first version nothing was."""

    mode = forms.ChoiceField(
        choices=Mode.choices, initial=Mode.NEW_ONLY, widget=forms.RadioSelect, label="What was sent already",
        error_messages={"required": "Choose one."},
    )  # fmt: skip

    def __init__(self, *args: Any, ready: Ready | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if ready is not None and ready.is_first:
            del self.fields["mode"]

    @property
    def chosen(self) -> Mode:
        return Mode(self.cleaned_data.get("mode", Mode.NEW_ONLY))


class Publishing(Choosing):
    """That, with a change note, about the package that was on the page."""

    digest = forms.CharField(max_length=64, widget=forms.HiddenInput)
    note = forms.CharField(
        required=False, max_length=LONGEST, label="Change note", widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What is new, for those who have a score with an earlier version.",
    )  # fmt: skip
    field_order = ["digest", "note", "mode"]

    @property
    def wish(self) -> Wish:
        return Wish(self.cleaned_data["digest"], self.cleaned_data["note"], self.chosen)


class Regrading(forms.Form):
    """How far to regrade again."""

    mode = forms.ChoiceField(choices=[one for one in Mode.choices if one[0] != Mode.NEW_ONLY], label="Regrade")


class Replying(forms.Form):
    """Why something is declined, or withdrawn."""

    reply = forms.CharField(max_length=LONGEST, label="Reply", widget=forms.Textarea(attrs={"rows": 3}))
