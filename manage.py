"""Django's command line for GradeTape: `python manage.py COMMAND`."""

import os
import sys
from pathlib import Path

from django.core.management import execute_from_command_line

ROOT = Path(__file__).resolve().parent


def main() -> None:
    """Put the package's source root on the path and hand over to Django."""
    source = str(ROOT / "platform")
    if source not in sys.path:
        sys.path.insert(1, source)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gradetape.settings")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
