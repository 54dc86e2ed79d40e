"""Why something about an account is not done. A class's docstring is its default message; people read it."""


class AccountError(Exception):
    """This can't be done."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.__doc__)


class LastAdministrator(AccountError):
    """You are the only administrator. Give somebody else that role first, or nobody can."""
