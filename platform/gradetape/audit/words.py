"""The audit log in words: what stands behind the name of whoever did it.

Of an entry's details a page shows those that are named here and no others: what somebody writes down later is not
shown by accident. `{about}` is whom or what it was done to.
"""

from typing import Any, NamedTuple


class Wording(NamedTuple):
    """A sentence without its subject, and the details that everybody on the team may read; with "*" all of them."""

    text: str
    shown: tuple[str, ...] = ()


WORDS: dict[str, Wording] = {
    "interview.created": Wording("set the interview up"),
    "interview.changed": Wording("changed the interview", ("*",)),
    "interview.opened": Wording("opened the interview"),
    "interview.archived": Wording("archived the interview"),
    "interview.restored": Wording("brought the interview back from the archive"),
    "interview.duplicated": Wording("made a copy of the interview"),
    "interview.deleted": Wording("deleted the interview"),
    "names.hidden": Wording("hid the names of the candidates"),
    "names.shown": Wording("showed the names of the candidates"),
    "team.added": Wording("shared the interview with {about}"),
    "team.removed": Wording("stopped sharing the interview with {about}"),
    "invitation.made": Wording("invited {about}"),
    "invitation.renewed": Wording("made a new link for {about}"),
    "invitation.revoked": Wording("revoked the invitation of {about}"),
    "invitation.extra_time": Wording("gave {about} another length", ("minutes",)),
    "candidate.deleted": Wording("deleted a candidate with everything that was kept of them"),
    "sitting.anonymised": Wording("took the person out of what {about} did"),
    "sitting.watched": Wording("watched {about}"),
    "sitting.replayed": Wording("replayed {about}"),
    "sitting.reviewed": Wording("looked at the review of {about}"),
    "candidates.compared": Wording("looked at all candidates side by side"),
    "submissions.compared": Wording("looked at what resembles one another for {about}"),
    "review.recommended": Wording("chose a recommendation on {about}"),
    "review.done": Wording("finished a review of {about}"),
    "review.reopened": Wording("reopened a finished review of {about}"),
    "criterion.scored": Wording("scored {about} by the rubric"),
    "evidence.linked": Wording("linked evidence to a score of {about}"),
    "evidence.removed": Wording("took evidence away from a score of {about}"),
    "comment.made": Wording("commented on the code of {about}"),
    "comment.deleted": Wording("deleted a comment on the code of {about}"),
    "points.overridden": Wording("gave {about} other points than the judge", ("case", "was", "now", "reason")),
    "submission.regraded": Wording(
        "had what {about} sent graded with a new version", ("challenge", "version", "was", "now", "verdict", "revoked")
    ),
    "points.restored": Wording("gave {about} the judge’s points back", ("case", "was", "now")),
    "rubric.changed": Wording("changed the rubric of {about}"),
    "bundle.made": Wording("took away the verdict on what {about} sent"),
    "csv.made": Wording("took the results away as a table"),
    "report.made": Wording("made a report of {about}"),
    "submission.seen": Wording("looked at what {about} sent"),
    "case.reported": Wording("reported a case", ("case",)),
    "report.read": Wording("read a report and the code that it is about"),
    "report.answered": Wording("answered a report", ("case", "outcome")),
    "webhook.added": Wording("added a webhook", ("to", "events")),
    "webhook.rotated": Wording("gave a webhook a new secret", ("to",)),
    "webhook.switched_on": Wording("switched a webhook on", ("to",)),
    "webhook.switched_off": Wording("switched a webhook off", ("to",)),
    "webhook.removed": Wording("removed a webhook", ("to",)),
    "webhook.tried": Wording("had a webhook tried out", ("to",)),
    "webhook.sent_again": Wording("had a webhook sent again", ("to", "event")),
    "account.made": Wording("made an account for {about}", ("role",)),
    "account.switched": Wording("switched {about} on or off", ("was", "now")),
    "account.deleted": Wording("deleted the account of {about}"),
    "role.changed": Wording("changed the role of {about}", ("was", "now")),
    "trust.changed": Wording("changed whether {about} may publish", ("was", "now")),
    "team.made": Wording("made the team", ("name",)),
    "team.renamed": Wording("renamed the team", ("was", "now")),
    "team.joined": Wording("put {about} into the team"),
    "team.left": Wording("took {about} out of the team"),
    "team.deleted": Wording("deleted the team", ("name",)),
    "project.made": Wording("began the project"),
    "project.archived": Wording("put the project into the archive"),
    "project.restored": Wording("took the project out of the archive"),
    "project.downloaded": Wording("downloaded the project"),
    "project.uploaded": Wording("replaced files by those of an archive", ("files",)),
    "author.added": Wording("shared the project with {about}"),
    "author.removed": Wording("stopped sharing the project with {about}"),
    "file.saved": Wording("changed {about}"),
    "file.renamed": Wording("renamed {about}", ("to",)),
    "file.deleted": Wording("deleted {about}"),
    "mutant_adopted": Wording("made {about} of a mutant"),
    "proof_started": Wording("began a proof", ("kind",)),
    "proof_cancelled": Wording("cancelled a proof"),
    "release.proposed": Wording("proposed to publish it"),
    "release.taken_back": Wording("took a proposal back"),
    "release.declined": Wording("declined a proposal", ("reason",)),
    "release.published": Wording("published it as {about}", ("mode",)),
    "version.published": Wording("published {about}", ("mode",)),
    "version.rolled_back": Wording("went back to {about}", ("was", "mode")),
    "version.downloaded": Wording("downloaded {about}"),
    "challenge.withdrawn": Wording("withdrew the challenge", ("reason",)),
    "challenge.restored": Wording("brought the challenge back with {about}"),
    "shadow.started": Wording("asked what would change"),
    "rejudge.started": Wording("had what was sent regraded", ("version", "taken")),
    "regrade.cancelled": Wording("cancelled a regrade"),
}
LABELS = {
    "title": "Title", "minutes": "Minutes", "visibility": "Candidates see", "keep_days": "Kept for days",
    "keep_then": "After that", "starts_at": "From", "ends_at": "Until", "instructions": "Instructions",
    "challenges": "Challenges", "to": "To", "events": "Events", "event": "Event",
    "case": "Case", "was": "Before", "now": "Now", "reason": "Reason", "outcome": "Outcome",
    "files": "Files", "kind": "Kind", "mode": "What was sent already", "taken": "Taken in",
    "challenge": "Challenge", "version": "Version", "verdict": "Verdict", "revoked": "Points that went with their case",
}  # fmt: skip


def wording_of(action: str) -> Wording:
    """The words of an action; of one that has none its own name, and no details."""
    return WORDS.get(action) or Wording(action.replace(".", ": ").replace("_", " "))


class Line(NamedTuple):
    """One detail: a label with what it is, or with what it was before and is now."""

    label: str
    text: str


def lines_of(action: str, details: dict[str, Any]) -> list[Line]:
    """The details that a page may show."""
    shown = wording_of(action).shown
    return [
        Line(LABELS.get(name, name.replace("_", " ")), _told(value))
        for name, value in details.items()
        if name in shown or "*" in shown
    ]


def _told(value: Any) -> str:
    """A value, or two as before and after."""
    if isinstance(value, list) and len(value) == 2:  # before and after
        return f"{_plain(value[0])} → {_plain(value[1])}"
    return _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return "none" if value is None or value == "" else str(value)
