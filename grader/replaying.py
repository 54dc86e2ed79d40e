"""What an author writes replays with: the second half of a probe that hands over files.

replays.py stands beside checks.py and never enters the candidate's jail. A replay runs in a fresh jail that holds
what was handed over and none of the candidate's code; what it returns is plain data again, for the checks.

    @replay("learns")
    def learns(artifacts, seen, rng, held_out):
        model = keras.models.load_model(artifacts / "model.keras")
        return {"probabilities": model.predict(held_out, verbose=0)}

`artifacts` is the folder with the files, `seen` what the probe returned, `rng` a generator that is equal for the
candidate and the reference. Further parameters are filled by name with prepared data (`Prepared.solve` and
`Prepared.replay`). Loading a model can run code that is in it: trust what comes out no more than the probe's own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Replay = Callable[..., Any]


class Registry:
    """The replays of the module that is being imported."""

    def __init__(self) -> None:
        self.replays: dict[str, Replay] = {}


registry = Registry()


def replay(probe: str) -> Callable[[Replay], Replay]:
    """Register the replay half of a probe."""

    def register(function: Replay) -> Replay:
        if probe in registry.replays:
            raise ValueError(f"expected one replay for each probe, received a second for {probe!r}")
        registry.replays[probe] = function
        return function

    return register
