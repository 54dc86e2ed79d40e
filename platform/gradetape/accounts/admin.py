"""Accounts in Django's admin: roles are given here."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.models import Group

from gradetape.accounts.models import User

# allauth's sign-in, with its throttle and its second factor, in place of the admin's own.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
admin.site.site_header = admin.site.site_title = "GradeTape"
admin.site.unregister(Group)


@admin.register(User)
class UserAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # generic for the type checker alone
    """Passwords are not shown and not set here; people reset their own."""

    list_display = ["email", "display_name", "role", "trusted_to_publish", "is_active", "date_joined", "last_login"]
    list_filter = ["role", "trusted_to_publish", "is_active"]
    search_fields = ["email", "display_name"]
    fields = ["email", "display_name", "role", "trusted_to_publish", "is_active", "date_joined", "last_login"]
    readonly_fields = ["date_joined", "last_login"]
