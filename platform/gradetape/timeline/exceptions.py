"""Why a batch of entries is not taken. A class's docstring is its default message."""

from gradetape.interviews.exceptions import InterviewError


class BadBatch(InterviewError):
    """This is no batch of entries."""

    code = "not_a_batch"


class BatchTooLarge(InterviewError):
    """This batch is larger than 256 KiB, or an entry's text is larger than 64 KiB. Send it in smaller pieces."""

    code = "too_large"


class RecordingFull(InterviewError):
    """This sitting has recorded as much as it may. The work itself is saved and counts as before."""

    code = "full"


class Gap(InterviewError):
    """Entries before these are missing."""

    code = "gap"

    def __init__(self, expected: int) -> None:
        super().__init__(f"Entry {expected} of this page comes next. Send it and what follows it.")
        self.next = expected
