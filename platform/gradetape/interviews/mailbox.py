"""Invitations that an embedded installation wrote into files in place of mailing them."""

from pathlib import Path

from django.conf import settings

# What Django's backend for files puts between messages.
BETWEEN = "-" * 79 + "\n"
OURS = "Subject: Invitation:"


def forget_mails(email: str) -> int:
    """Take the invitations to an address out of the files; says how many there were. Nothing where mail is sent."""
    if not settings.EMAIL_BACKEND.endswith("filebased.EmailBackend"):
        return 0
    return sum(_without(file, email) for file in sorted(Path(settings.EMAIL_FILE_PATH).glob("*.log")))


def _without(file: Path, email: str) -> int:
    messages = [message for message in file.read_text(encoding="utf-8").split(BETWEEN) if message.strip()]
    kept = [message for message in messages if not _is_to(message, email)]
    if not kept:
        file.unlink()
    elif len(kept) < len(messages):
        file.write_text("".join(message + BETWEEN for message in kept), encoding="utf-8")
    return len(messages) - len(kept)


def _is_to(message: str, email: str) -> bool:
    head = message.partition("\n\n")[0].splitlines()
    return f"To: {email}" in head and any(line.startswith(OURS) for line in head)
