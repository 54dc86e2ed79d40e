"""Each fact that the cases look at is needed: without it a wrong layer would score 100."""

import pytest

from grader.model import Verdict
from grader.validation.plan import caught_by

# For each file of the package: what a case looks at, and the same line when it looks less closely.
WEAKER = {
    "probes.py": [
        ('"softmax": "softmax", ', ""),
        ('"three_calls": penalty(called(new(UNITS, l2=0.1), x, values, times=3)),', ""),
        ('"shared_layer": penalty(twice),', ""),
        ('dtype="mixed_float16"), x, large', 'dtype="float32"), x, large'),
        ('"training": trained(solution, rng),', ""),
        ('"registered": rebuilt(', '"registered": None and rebuilt('),
        ("load_model(path)", 'load_model(path, custom_objects={"CustomDenseLayer": solution.CustomDenseLayer})'),
        ("np.zeros((4, 5), tokens.dtype)", "np.zeros((4, 0), tokens.dtype)"),
        ('{"flat": flat, "unknown": unknown, "built": built}', '{"built": built}'),
        ('"integers_as_float64": new(whole, dtype="float64")(whole),', ""),
        ("for thing in gc.get_objects()", "for thing in ()"),
    ],
    "checks.py": [
        ("largest(kernel), LIMIT * 1.0001", "largest(kernel), LIMIT * 2"),
        ("largest(one - other), LIMIT", "largest(one - other), 0.0"),
    ],
    "challenge.toml": [('calls = ["keras.layers.Dense.call", "keras.layers.EinsumDense.call"]', "calls = []")],
}

CAUGHT = {
    "rejected/softmax_over_batch.py": {"forward"},
    "rejected/kernel_glorot_normal.py": {"weights"},
    "rejected/kernel_seeded.py": {"weights"},
    "rejected/integers_as_float32.py": {"any_rank"},
    "rejected/penalty_added_in_call_with_care.py": {"l2_penalty"},
    "rejected/penalty_in_compute_dtype.py": {"l2_penalty"},
    "rejected/penalty_cut_off_from_training.py": {"l2_penalty"},
    "rejected/config_names_the_function.py": {"config"},
    "rejected/not_registered.py": {"save_and_load"},
    "rejected/mask_lost.py": {"mask"},
    "rejected/rank_checked_too_late.py": {"bad_input"},
    "rejected/spoiled_by_unknown_axis.py": {"bad_input"},
    "cheating/borrows_call_of_dense.py": {"forward", "any_rank", "gradients", "written_by_hand"},
    "cheating/blinds_the_watch.py": {"written_by_hand"},
}


def weakened(package):
    """The package with every line of WEAKER replaced."""
    changes = {}
    for name, lines in WEAKER.items():
        text = package.text(name)
        for line, weaker in lines:
            assert text.count(line) == 1, f"{name}: expected one {line!r}"
            text = text.replace(line, weaker)
        changes[name] = text.encode()
    return package.with_files(changes)


@pytest.fixture(scope="module")
def challenge(package):
    return package("custom-layer")


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


@pytest.mark.parametrize("name", CAUGHT)
def test_a_wrong_layer_names_the_cases_that_catch_it(challenge, name):
    """That they do catch it is what `validate` proves, on several seeds."""
    assert set(caught_by(challenge, name, source_of(challenge, name))) == CAUGHT[name]


@pytest.mark.parametrize("name", CAUGHT)
def test_a_wrong_layer_slips_through_weaker_cases(grade, weaker_challenge, name):
    assert grade(weaker_challenge, source_of(weaker_challenge, name)).score == 100


def test_using_dense_is_a_verdict_of_its_own(grade, challenge):
    assert grade(challenge, source_of(challenge, "cheating/derives_from_dense.py")).verdict is Verdict.FORBIDDEN


def test_claiming_success_gains_nothing(grade, challenge):
    result = grade(challenge, source_of(challenge, "cheating/claims_success.py"))
    assert (result.verdict, result.score) == (Verdict.RUNTIME_ERROR, 0)
