"""Each fact that the cases look at is needed: without it a wrong answer would score 100."""

import re

import pytest

from grader.model import Verdict

# For each file of the package: what a case looks at, and the same line when it looks less closely.
WEAKER = {
    "probes.py": [
        ('"flat_steps": mse(tf.constant(f32(rng, 2, 3)), tf.constant(f32(rng, 2, 3, 1))),', ""),
        ("for true, pred in pairs", "for true, pred in ()"),
        ("rng.uniform(0.1, 3.0, 9)", "rng.uniform(1.0, 1.0, 9)"),
        ("rng.uniform(0.1, 3.0, 20)", "rng.uniform(1.0, 1.0, 20)"),
        ("for gamma in (2.0, 0.0, 0.5):", "for gamma in (2.0,):"),
        ('from_logits=True, reduction="sum", name="mine"', "from_logits=False"),
        ("f32(rng, 7, 1)", "probs(rng, 7, 1)"),
        ('"name": str(copy.name),', ""),
        ('"from_logits": bool(copy.get_config()["from_logits"]),', ""),
        ("for gamma, alpha in settings", "for gamma, alpha in ()"),
        ("weights = {0: 0.5, 1: 4.0}", "weights = {0: 1.0, 1: 1.0}"),
        ("for given in weights", "for given in ()"),
        ("for true, pred in shapes", "for true, pred in ()"),
        ('"rows": raised(focal.call, labels(rng, 3, 1), probs(rng, 4, 1)),', ""),
        ('"columns": raised(focal, labels(rng, 4, 1), probs(rng, 4, 3)),', ""),
        (', "custom_mse": solution.custom_mse}.items()', "}.items()"),
    ],
    "checks.py": [
        ("agree(got, want, rtol=0, atol=ANYTHING_FINITE)", "agree(sorted(got), sorted(want))"),
        ("in want.items()", "in ()"),
    ],
}

CAUGHT = {
    "rejected/only_flat_vectors_aligned.py": {"mse_shapes"},
    "rejected/shapes_broadcast.py": {"mse_shapes", "weighted_errors"},
    "rejected/sample_weights_ignored.py": {"focal_reduction", "training"},
    "rejected/power_of_a_sigmoid.py": {"focal_logits"},
    "rejected/clipped_only_below.py": {"focal_saturated"},
    "rejected/clipped_too_far.py": {"focal_saturated"},
    "rejected/config_forgets_from_logits.py": {"focal_config"},
    "rejected/config_without_the_base.py": {"focal_config"},
    "rejected/weights_per_sample_mean.py": {"weighted_multilabel"},
    "rejected/weights_checked_when_called.py": {"weighted_errors"},
    "rejected/arguments_unchecked.py": {"focal_config", "weighted_errors"},
    "rejected/function_not_registered.py": {"save_and_load"},
    "cheating/forged_refusals.py": {"mse_shapes", "focal_config", "weighted_errors"},
    "cheating/watch_switched_off.py": {"mse_values", "mse_shapes", "training", "save_and_load", "written_by_hand"},
}


def weakened(package):
    """The package with every line of WEAKER replaced, and nothing forbidden."""
    manifest = re.sub(r"calls = \[.*?\]", "calls = []", package.text("challenge.toml"), flags=re.DOTALL)
    changes = {"challenge.toml": manifest.encode()}
    for name, lines in WEAKER.items():
        text = package.text(name)
        for line, weaker in lines:
            assert text.count(line) == 1, f"{name}: expected one {line!r}"
            text = text.replace(line, weaker)
        changes[name] = text.encode()
    return package.with_files(changes)


@pytest.fixture(scope="module")
def challenge(package):
    return package("custom-loss")


@pytest.fixture(scope="module")
def weaker_challenge(challenge):
    return weakened(challenge)


def source_of(challenge, name):
    return challenge.files[f"submissions/{name}"]


def test_the_reference_scores_everything(grade, challenge):
    result = grade(challenge, challenge.files["reference.py"])
    assert (result.verdict, result.score) == (Verdict.ACCEPTED, 100)


def test_the_starter_scores_nothing(grade, challenge):
    assert grade(challenge, challenge.starter).score == 0


@pytest.mark.parametrize(("name", "cases"), CAUGHT.items(), ids=list(CAUGHT))
def test_a_wrong_loss_is_caught_where_it_is_wrong(grade, challenge, name, cases):
    result = grade(challenge, source_of(challenge, name))
    assert {case.case for case in result.cases if case.earned == 0} == cases


@pytest.mark.parametrize("name", CAUGHT)
def test_a_wrong_loss_slips_through_weaker_cases(grade, weaker_challenge, name):
    assert grade(weaker_challenge, source_of(weaker_challenge, name)).score == 100


def test_handing_over_to_the_built_in_losses_is_a_verdict_of_its_own(grade, challenge):
    assert grade(challenge, source_of(challenge, "cheating/built_in_losses.py")).verdict is Verdict.FORBIDDEN


def test_claiming_to_equal_everything_gains_nothing(grade, challenge):
    assert grade(challenge, source_of(challenge, "cheating/equal_to_everything.py")).score == 0
