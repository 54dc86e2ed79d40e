"""Each fact that a case looks at is needed: without it, a wrong trainer would take the case's points."""

from dataclasses import dataclass

import pytest

from grader.model import Outcome, Verdict


@dataclass(frozen=True)
class Slip:
    """A wrong submission, the case that catches it, and what lets it through: lines of a file, and weaker ones."""

    case: str
    submission: str
    file: str
    lines: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return f"{self.case}-{self.submission.removesuffix('.py')}"


def probe_slip(case: str, name: str, line: str, weaker: str) -> Slip:
    return Slip(case, f"rejected/{name}.py", "probes.py", ((line, weaker),))


SLIPS = (
    probe_slip("one_step", "loss_after_the_update", 'return {"loss": loss, "weights"', 'return {"weights"'),
    probe_slip("several_steps", "one_function_for_all", "SGD(0.05, momentum=0.9)", "SGD(0.05)"),
    probe_slip("training_mode", "mean_of_batches", "for size in (8, 5)", "for size in (7, 7)"),
    probe_slip(
        "extra_losses",
        "regularisation_not_differentiated",
        '"evaluated": evaluated, "loss": loss, "weights": model.get_weights()',
        '"evaluated": evaluated, "loss": loss',
    ),
    probe_slip("frozen_and_unused", "zeros_for_none", "SGD(0.5, weight_decay=0.1)", "SGD(0.5)"),
    probe_slip("frozen_and_unused", "updates_every_weight", ".trainable = False", ".trainable = True"),
    probe_slip("clipping", "clips_each_variable", '("tight", 0.05), ', ""),
    probe_slip("epoch_history", "mean_of_batches", "classification(rng, 37)", "classification(rng, 40)"),
    probe_slip("epoch_history", "never_resets", "moving.fit(batches, epochs=3)", "moving.fit(batches, epochs=1)"),
    probe_slip("epoch_history", "tensors_in_history", '"kinds": kinds,', ""),
    probe_slip("validation", "metrics_after_validation", '"history": numbers(history),', ""),
    probe_slip("accumulation", "divides_by_batches", "(8, 3, 5, 5, 8, 3)", "(6, 6, 6, 6, 6, 6)"),
    probe_slip("accumulation", "counts_traces", "accumulate=3)\n    sizes", "accumulate=1)\n    sizes"),
    probe_slip("accumulation", "evaluation_clears_gradients", "if call == 4:", "if call == 6:"),
    probe_slip("accumulation_in_fit", "clips_each_batch", "clip_norm=0.7, accumulate=3", "accumulate=3"),
    probe_slip("accumulation_in_fit", "carries_the_rest_over", "0.7, accumulate=3", "0.7, accumulate=5"),
    Slip("compiled", "rejected/compiles_every_epoch.py", "checks.py", (("MOST_RUNS = 5", "MOST_RUNS = 50"),)),
    Slip(
        "compiled",
        "cheating/hides_from_the_counter.py",
        "checks.py",
        (('got["training"], 1)', 'got["training"], 0)'), ('got["evaluating"], 2)', 'got["evaluating"], 0)')),
    ),
    Slip(
        "written_by_hand",
        "cheating/keras_underneath.py",
        "challenge.toml",
        tuple((f'    "keras.Model.{name}",\n', "") for name in ("compile", "fit", "evaluate", "train_on_batch"))
        + tuple((f'    "keras.Model.{name}_step",\n', "") for name in ("train", "test"))
        + (('    "keras.Model.make_train_function",\n', ""),),
    ),
)


def only(package, name):
    """The package with one case, which is worth everything. So nothing else has to run."""
    case = next(case for case in package.cases if case.id == name)
    head = package.text("challenge.toml").split("[[parts]]")[0]
    manifest = f"""{head}
[[parts]]
id = "{case.part}"
title = "One case"

[[cases]]
id = "{case.id}"
part = "{case.part}"
points = 100
sample = true
title = "{case.title}"
hint = "{case.hint}"
"""
    changes = {"challenge.toml": manifest.encode()}
    if f'@check("{name}")' not in package.text("checks.py"):
        changes["checks.py"] = b""  # checks of cases that aren't there are refused
    return package.with_files(changes)


def weakened(package, slip):
    """The package with the slip's lines replaced."""
    text = package.text(slip.file)
    for line, weaker in slip.lines:
        assert text.count(line) == 1, f"{slip.file}: expected one {line!r}"
        text = text.replace(line, weaker)
    return package.with_files({slip.file: text.encode()})


@pytest.fixture(scope="module")
def challenge(package):
    return package("training-loop")


def source_of(challenge, name):
    return challenge.files[f"submissions/{name}"]


def test_the_reference_scores_everything(grade, challenge):
    result = grade(challenge, challenge.files["reference.py"])
    assert (result.verdict, result.score) == (Verdict.ACCEPTED, 100)


def test_the_starter_scores_nothing(grade, challenge):
    assert grade(challenge, challenge.starter).score == 0


@pytest.mark.parametrize("slip", SLIPS, ids=str)
def test_a_wrong_trainer_is_caught(grade, challenge, slip):
    result = grade(only(challenge, slip.case), source_of(challenge, slip.submission))
    assert result.cases[0].outcome in (Outcome.FAILED, Outcome.ERROR)


@pytest.mark.parametrize("slip", SLIPS, ids=str)
def test_a_wrong_trainer_slips_through_a_weaker_case(grade, challenge, slip):
    assert grade(only(weakened(challenge, slip), slip.case), source_of(challenge, slip.submission)).score == 100


def test_keras_underneath_is_a_verdict_of_its_own(grade, challenge):
    result = grade(only(challenge, "one_step"), source_of(challenge, "cheating/keras_by_other_names.py"))
    assert (result.verdict, result.score) == (Verdict.FORBIDDEN, 0)
