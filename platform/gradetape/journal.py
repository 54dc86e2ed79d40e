"""The log: one JSON object a line in production, coloured lines for a person at an embedded installation."""

import sys
from typing import Any

import structlog
from structlog.dev import plain_traceback
from structlog.typing import Processor

NOISY_LOGGERS = ("celery.app.trace", "celery.worker.request", "celery.worker.strategy")
SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
]


def logging_config(*, level: str, readable: bool) -> dict[str, Any]:
    """The value of Django's LOGGING; sets structlog up to go the same way as everybody else's log records."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    # Plain, since the pretty one shows local variables, and with them passwords.
    ending: list[Processor] = (
        [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain_traceback)]
        if readable
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": SHARED,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"structured": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "structured"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            # Django's default sends its own records to mail and to a second console.
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.server": {"handlers": [], "level": "INFO", "propagate": True},
            "celery": {"level": level},
            # A line for each ring of the sweeper, every few seconds, would bury the rest.
            **{name: {"level": "WARNING"} for name in NOISY_LOGGERS},
            "kombu": {"level": "WARNING"},
        },
    }
