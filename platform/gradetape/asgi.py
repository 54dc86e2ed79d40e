"""The web side's entry point: `uvicorn gradetape.asgi:application`."""

import os
from typing import cast

from django.core.asgi import get_asgi_application

from gradetape.intake import Application, limited

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gradetape.settings")

# Django's own description of ASGI's messages is narrower than ASGI.
application = limited(cast("Application", get_asgi_application()))
