"""The addresses of the API and of its documents, and those of the pages for tokens."""

from django.urls import path

from gradetape.api import pages
from gradetape.api.document import docs, openapi_json, operations

api_patterns = [
    path("openapi.json", openapi_json, name="api_openapi"),
    path("docs", docs, name="api_docs"),
    *operations(),
]
token_patterns = [
    path("", pages.tokens, name="account_tokens"),
    path("new/", pages.new_token, name="account_new_token"),
    path("<int:pk>/revoke/", pages.revoke, name="account_revoke_token"),
]
