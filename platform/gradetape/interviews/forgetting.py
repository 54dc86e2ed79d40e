"""What an anonymised sitting loses: each app says what is its own, in a module of this name.

A part runs within the transaction that anonymises. It deletes or empties all that tells who somebody was or how they
went about it (names, code, what was typed, printed or said about them) and leaves numbers: grades, cases, rubrics.
Deleting a sitting needs no part: its rows go with it.
"""

from collections.abc import Callable

from django.utils.module_loading import autodiscover_modules

from gradetape.interviews.models import Sitting

Part = Callable[[Sitting], None]
PARTS: list[Part] = []


def forgets(part: Part) -> Part:
    """Have the function called with every sitting that is anonymised."""
    PARTS.append(part)
    return part


def forget_person(sitting: Sitting) -> None:
    """Call the parts of all apps."""
    autodiscover_modules("forgetting")
    for part in PARTS:
        part(sitting)
