"""Fields of the account forms, in our own markup."""

from django import template
from django.forms import BoundField
from django.forms.widgets import CheckboxInput
from django.utils.safestring import SafeString

register = template.Library()


@register.filter
def is_choice(field: BoundField) -> bool:
    """Whether the label stands after the control."""
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def quietly(field: BoundField) -> SafeString:
    """The control without allauth's placeholder, which only repeats the label in grey."""
    return field.as_widget(attrs={"placeholder": False})
