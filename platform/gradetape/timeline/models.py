"""The entries of a sitting's timeline."""

from typing import ClassVar

from django.db import models

from gradetape.interviews.models import Sitting, Task
from gradetape.timeline.stored import Decoder, Encoder


class Happening(models.TextChoices):
    """What an entry tells. The fields of its data stand behind each.

    A sent one has `page` and `sequence`, after which entry of which page the text was sent, where the page told; one
    that the server handed in has `handed_in`: true. Verdicts are no entries: they stand with the submission.
    """

    OPENED = "opened", "Opened the editor"  # text
    EDIT = "edit", "Typed"  # changes: a CodeMirror change set as JSON; pasted: code units, where pasted or dropped
    LEFT = "left", "Left the page"
    RETURNED = "returned", "Came back to the page"
    SENT = "sent", "Sent"  # submission, kind, sha256 of the source in hex; page, sequence, handed_in where there are


class Entry(models.Model):
    """One thing that happened.

    `number` counts a sitting's entries from 1, and `at` never goes back as it grows. What a page of the candidate's
    tells has that page's name (of its own making, one for each time it was loaded) and a sequence number from 1 on:
    it is taken once, however often it is sent. A page has one task, and its first entry is `opened`: its texts follow
    from that and its edits.
    """

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="entries")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=Happening.choices)
    task = models.ForeignKey(Task, null=True, on_delete=models.CASCADE, related_name="+")
    page = models.CharField(max_length=36, blank=True)
    sequence = models.PositiveIntegerField(null=True)
    data = models.JSONField(default=dict, encoder=Encoder, decoder=Decoder)

    objects: ClassVar[models.Manager["Entry"]] = models.Manager()

    class Meta:
        ordering = ["sitting", "number"]
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(fields=["sitting", "number"], name="entry_number_once"),
            models.UniqueConstraint(fields=["sitting", "page", "sequence"], name="entry_sequence_once"),
            models.CheckConstraint(condition=models.Q(kind__in=Happening.values), name="entry_kind_known"),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.kind}"


class Recording(models.Model):
    """How much of a sitting is recorded, made with its first batch.

    `size` are the bytes that pages sent of it; `cut_at` says since when there is no room for more, so that whoever
    watches is told that something is missing.
    """

    sitting = models.OneToOneField(Sitting, on_delete=models.CASCADE, primary_key=True, related_name="recording")
    size = models.PositiveBigIntegerField(default=0)
    cut_at = models.DateTimeField(null=True)

    objects: ClassVar[models.Manager["Recording"]] = models.Manager()

    def __str__(self) -> str:
        return f"{self.size} bytes"
