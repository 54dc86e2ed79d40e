"""Why nothing is published. A class's docstring is its default message; authors read it."""

from gradetape.authoring.exceptions import AuthoringError


class NotReady(AuthoringError):
    """This can't be published yet."""

    code = "not_ready"


class NothingNew(AuthoringError):
    """This is live already. Nothing was published again."""

    code = "nothing_new"


class FilesChanged(AuthoringError):
    """The files have changed since you opened this page. Look at what would be published now."""

    code = "files_changed"


class AlreadyProposed(AuthoringError):
    """A proposal of this project waits for an answer already. Take it back before you make another."""

    code = "already_proposed"


class AlreadyDecided(AuthoringError):
    """This proposal was decided or taken back meanwhile."""

    code = "already_decided"


class NotYours(AuthoringError):
    """Only whoever made a proposal takes it back."""

    code = "not_yours"


class OwnProposal(AuthoringError):
    """Nobody decides on a proposal of their own. Ask somebody else who may publish."""

    code = "own_proposal"


class MayNotPublish(AuthoringError):
    """You may propose what you write; somebody who may publish decides."""

    code = "may_not_publish"
