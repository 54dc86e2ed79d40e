"""What TensorFlow work can be judged by, for probes of all challenges and both runtimes.

Each function returns plain data, or a live object that a probe goes on with. It runs in jails only, on the
candidate's side and on the reference's, so it proves nothing by itself: return what it saw as an observation, and let
points hang on its arrays. docs/writing-challenges.md shows each in use.
"""

from grader.evidence.costs import cpu_ratio, cpu_seconds, python_memory, resident_peak
from grader.evidence.gradients import (
    STEP_FLOAT32,
    numeric_gradient,
    numeric_gradient_of_variables,
    tape_gradient,
    tape_gradient_of_variables,
)
from grader.evidence.graphs import asks_for_xla, at_unknown_sizes, both_ways, compiled, symbolic_shape
from grader.evidence.learning import accuracy, over_seeds, r_squared, safe_bound, summary
from grader.evidence.precision import dtypes_of, global_policy, policy
from grader.evidence.repeating import Repeats, distance, leaks, three_runs
from grader.evidence.roundtrips import serve, state_of, through_config, through_file, through_saved_model
from grader.evidence.traces import Passages, Recorder, ragged_batches, trace_count

__all__ = [
    "STEP_FLOAT32",
    "Passages",
    "Recorder",
    "Repeats",
    "accuracy",
    "asks_for_xla",
    "at_unknown_sizes",
    "both_ways",
    "compiled",
    "cpu_ratio",
    "cpu_seconds",
    "distance",
    "dtypes_of",
    "global_policy",
    "leaks",
    "numeric_gradient",
    "numeric_gradient_of_variables",
    "over_seeds",
    "policy",
    "python_memory",
    "r_squared",
    "ragged_batches",
    "resident_peak",
    "safe_bound",
    "serve",
    "state_of",
    "summary",
    "symbolic_shape",
    "tape_gradient",
    "tape_gradient_of_variables",
    "three_runs",
    "through_config",
    "through_file",
    "through_saved_model",
    "trace_count",
]
