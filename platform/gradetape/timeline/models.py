"""The entries of a sitting's timeline."""

from typing import ClassVar

from django.db import models

from gradetape.interviews.models import Sitting, Task


class Happening(models.TextChoices):
    """What an entry tells. The fields of its data stand behind each.

    `page` and `sequence` of a sent one say after which entry of which page the text was sent; a text that the server
    handed in has neither. Verdicts are no entries: they stand with the submission.
    """

    OPENED = "opened", "Opened the editor"  # text
    EDIT = "edit", "Typed"  # changes: a CodeMirror change set as JSON; pasted: characters, where it was a paste
    LEFT = "left", "Left the page"
    RETURNED = "returned", "Came back to the page"
    SENT = "sent", "Sent"  # submission, kind, sha256 of the source in hex, page, sequence


class Entry(models.Model):
    """One thing that happened.

    `number` counts a sitting's entries from 1, and `at` never goes back as it grows. What a page of the candidate's
    tells has that page's name (of its own making, one for each time it was loaded) and a sequence number from 1 on:
    it is taken once, however often it is sent. The texts of a page follow from its `opened` and its edits.
    """

    sitting = models.ForeignKey(Sitting, on_delete=models.CASCADE, related_name="entries")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    kind = models.CharField(max_length=10, choices=Happening.choices)
    task = models.ForeignKey(Task, null=True, on_delete=models.CASCADE, related_name="+")
    page = models.CharField(max_length=36, blank=True)
    sequence = models.PositiveIntegerField(null=True)
    data = models.JSONField(default=dict)

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
