"""Time zones that people may choose, and the one that a request is answered in."""

from functools import cache, lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

# What the browser says of its own zone; a script writes it (frontend/src/boot.ts).
ZONE_COOKIE = "zone"
LONGEST_NAME = 64
BROWSER = ("", "As my browser says")
AREAS = (
    "Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific",
)  # fmt: skip


@cache
def zone_choices() -> list[tuple[str, object]]:
    """The choices of a form: what the browser says, UTC, then the places of each area."""
    places: dict[str, list[tuple[str, str]]] = {area: [] for area in AREAS}
    for name in sorted(available_timezones()):
        area, _, place = name.partition("/")
        if place and area in places:
            places[area].append((name, place.replace("_", " ").replace("/", ", ")))
    return [BROWSER, ("UTC", "UTC"), *((area, names) for area, names in places.items() if names)]


@lru_cache(maxsize=1000)
def zone_of(name: str) -> ZoneInfo | None:
    """The zone of that name; None for none, and for one that this machine's database no longer has."""
    try:
        return ZoneInfo(name) if name and len(name) <= LONGEST_NAME else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
