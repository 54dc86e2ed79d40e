"""What candidates and authors write about a case."""

from django import forms

from gradetape.insights.actions import LONGEST, SHORTEST
from gradetape.insights.models import ReportOutcome

AREA = forms.Textarea(attrs={"rows": 5})


class ReportForm(forms.Form):
    """Why a case looks wrong."""

    words = forms.CharField(
        label="Why does it look right to you?", min_length=SHORTEST, max_length=LONGEST, widget=AREA,
        help_text="For instance what the statement says, or what your code gives by hand.",
    )  # fmt: skip


class AnswerForm(forms.Form):
    """What the authors make of it."""

    outcome = forms.ChoiceField(label="What came of it", choices=ReportOutcome.choices, widget=forms.RadioSelect)
    words = forms.CharField(
        label="Your answer", max_length=LONGEST, widget=AREA, help_text="The candidate reads it beside their result."
    )
