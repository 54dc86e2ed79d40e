"""Lists and pages that are there to be read: what stands in them changes elsewhere, by the rules that hold there."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest


class ReadOnly:
    """Nothing is added, changed or deleted by hand."""

    def has_add_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False


class ReadOnlyAdmin(ReadOnly, admin.ModelAdmin):  # type: ignore[type-arg]  # generic for the type checker alone
    """A list to search in, and a page for each row.

    A subclass names the `fields` that are shown: what a model gets later, a secret maybe, is not shown by accident.
    """

    list_display: Any = ("__str__",)
    fields: ClassVar[Any] = ()
    actions = None
    list_per_page = 50
    # Counting all rows of a long table again for each search takes longer than the search.
    show_full_result_count = False


class ReadOnlyInline(ReadOnly, admin.TabularInline):  # type: ignore[type-arg]
    """The rows that hang on another, on its page."""

    extra = 0
    can_delete = False
    fields: ClassVar[Any] = ()
