"""Addresses of interviews: those of interviewers, and those of whoever is invited."""

from django.urls import path

from gradetape.interviews.views import auditing, bundle, candidate, forgetting, inviting, recorded, room, setup

interviewer_patterns = [
    path("", setup.interviews, name="interviews"),
    path("new/", setup.new, name="interview_new"),
    path("<uuid:pk>/", setup.interview, name="interview"),
    path("<uuid:pk>/edit/", setup.edit, name="interview_edit"),
    path("<uuid:pk>/open/", setup.open_up, name="interview_open"),
    path("<uuid:pk>/archive/", setup.archive, name="interview_archive"),
    path("<uuid:pk>/restore/", setup.restore, name="interview_restore"),
    path("<uuid:pk>/duplicate/", setup.duplicate, name="interview_duplicate"),
    path("<uuid:pk>/team/", setup.share, name="interview_team"),
    path("<uuid:pk>/team/<int:user_id>/remove/", setup.remove_person, name="interview_team_remove"),
    path("<uuid:pk>/teams/<int:team_id>/remove/", setup.remove_team, name="interview_teams_remove"),
    path("<uuid:pk>/audit/", auditing.audit, name="interview_audit"),
    path("<uuid:pk>/delete/", forgetting.interview, name="interview_delete"),
    path("<uuid:pk>/invite/", inviting.invite, name="interview_invite"),
    path("<uuid:pk>/submissions/<uuid:submission_id>/", setup.submission, name="interview_submission"),
    path("<uuid:pk>/submissions/<uuid:submission_id>/bundle/", bundle.bundle, name="interview_bundle"),
    path("invitations/<uuid:pk>/link/", inviting.renew, name="interview_link"),
    path("invitations/<uuid:pk>/revoke/", inviting.revoke, name="interview_revoke"),
    path("invitations/<uuid:pk>/extra/", inviting.extra_time, name="interview_extra"),
    path("invitations/<uuid:pk>/delete/", forgetting.candidate, name="interview_forget"),
]

sitting_patterns = [
    path("<uuid:pk>/", candidate.sitting, name="sitting"),
    path("<uuid:pk>/start/", candidate.start, name="sitting_start"),
    path("<uuid:pk>/finish/", candidate.finish, name="sitting_finish"),
    path("<uuid:pk>/clock/", candidate.clock, name="sitting_clock"),
    path("<uuid:pk>/check/", candidate.check, name="sitting_check"),
    path("<uuid:pk>/timeline/", recorded.timeline, name="sitting_timeline"),
    path("<uuid:pk>/challenges/<slug:slug>/", room.challenge, name="sitting_challenge"),
    path("<uuid:pk>/challenges/<slug:slug>/draft/", room.save_draft, name="sitting_draft"),
    path("<uuid:pk>/challenges/<slug:slug>/draft/versions/", room.versions, name="sitting_versions"),
    path("<uuid:pk>/challenges/<slug:slug>/draft/versions/<int:revision>/", room.version, name="sitting_version"),
    path("<uuid:pk>/challenges/<slug:slug>/snippet/", room.save_snippet, name="sitting_snippet"),
    path("<uuid:pk>/challenges/<slug:slug>/submissions/", room.submit, name="sitting_submit"),
    path("<uuid:pk>/challenges/<slug:slug>/attempts/", room.attempts, name="sitting_attempts"),
    path("<uuid:pk>/submissions/<uuid:submission_id>/events/", room.events, name="sitting_events"),
    path("<uuid:pk>/submissions/<uuid:submission_id>/state/", room.state, name="sitting_state"),
    path("<uuid:pk>/submissions/<uuid:submission_id>/cancel/", room.cancel, name="sitting_cancel"),
]
