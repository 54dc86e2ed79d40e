"""What random draws must have in common, and the true values of a small world."""

import numpy as np

from grader.checking import Prepared, agree, at_least, at_most, check, equal, fail, prepare

COLUMNS = ("states", "actions", "rewards", "next_states", "dones")
GAMMA = 0.8
PLACES = 7
LEFT, RIGHT, STAY = range(3)


@prepare
def data(rng):
    """A corridor whose ends are exits, with the names of places and actions shuffled.

    Leaving on the right is worth 1, on the left nothing; standing still costs 0.1. What stands in `next_states` of a
    final transition is the place where the next episode starts, as vectorised environments report it: a target that
    bootstraps there is far off.
    """
    place_name, action_name = rng.permutation(PLACES), rng.permutation(3)
    middle = PLACES // 2
    rows, values = [], true_values()
    for place in range(1, PLACES - 1):
        for action, (following, reward) in enumerate(moves(place)):
            done = following in (0, PLACES - 1)
            names = place_name[place], action_name[action], place_name[middle if done else following]
            rows.append((*names, reward, done))
    places, actions, followings, rewards, dones = (np.array(column) for column in zip(*rows, strict=True))
    one_hot = np.eye(PLACES, dtype="float32")
    known, named = place_name[1:-1], np.zeros((PLACES - 2, 3))
    named[:, action_name] = values[1:-1]
    corridor = {
        "places": one_hot,
        "gamma": GAMMA,
        "states": one_hot[places],
        "actions": actions.astype("int32"),
        "rewards": rewards.astype("float32"),
        "next_states": one_hot[followings],
        "dones": dones.astype("float32"),
    }
    return Prepared(solve={"corridor": corridor}, secret={"known": known, "values": named})


def moves(place):
    """The place and the reward that each action leads to."""
    right = place + 1
    return [(place - 1, 0.0), (right, 1.0 if right == PLACES - 1 else 0.0), (place, -0.1)]


def true_values():
    """Q* by value iteration, (PLACES, 3); exits are worth nothing."""
    values = np.zeros((PLACES, 3))
    for _ in range(200):
        for place in range(1, PLACES - 1):
            values[place] = [reward + GAMMA * values[following].max() for following, reward in moves(place)]
    return values


@check("learns")
def learns(got, want, secret):
    """The best action everywhere, and values close to those of value iteration."""
    agree(got, want, rtol=0, atol=1e30)
    seen = np.asarray(got, "float64")[secret["known"]]
    right = np.mean(seen.argmax(1) == secret["values"].argmax(1))
    at_least("share of places where the greedy action is the best one", right, 1)
    at_most("largest error of Q", np.abs(seen - secret["values"]).max(), 0.1)


@check("buffer_ring")
def buffer_ring(got, want, secret):
    """Sizes and the whole content as the reference has them; draws are different rows of what is held."""
    given, capacity = want["given"], want["capacity"]
    for name in ("sizes", "refusals", "everything"):
        agree(got[name], want[name], what=name)
    agree([shape_of(sample) for sample in got["samples"]], [shape_of(sample) for sample in want["samples"]])
    newest = set(range(len(given["rewards"]) - capacity, len(given["rewards"])))
    seen = []
    for sample in got["samples"]:
        rewards = sample["rewards"]
        if not set(rewards.tolist()) <= newest:
            fail("A sample has transitions that the buffer should not hold any more.")
        rows = rewards.astype(int)
        if len(set(rows.tolist())) < len(rows):
            fail("A sample has the same transition twice.")
        agree(sample, {name: given[name][rows] for name in COLUMNS}, what="rows that belong together")
        seen.append(frozenset(rows.tolist()))
    if set().union(*seen) != newest or len(set(seen)) < 3:
        fail("Over 25 samples, some transitions were never drawn.")


def shape_of(sample):
    """What a sample is made of."""
    return {name: [list(column.shape), column.dtype.name] for name, column in sample.items()}


@check("act_explores")
def act_explores(got, want, secret):
    """Five standard deviations in every direction."""
    if any(type(action) is not int for action in [*got["always"], *got["a fifth"], got["best"]]):
        fail("Expected every action to be a Python int, received something else.")
    equal("number of actions", [len(got["always"]), len(got["a fifth"])], [1000, 250])
    for action in range(4):
        count = got["always"].count(action)
        at_least("times that one of 4 actions was taken in 1000 random ones", count, 175)
        at_most("times that one of 4 actions was taken in 1000 random ones", count, 325)
    share = got["a fifth"].count(want["best"]) / 250
    at_least("share of the best action at epsilon 0.2", share, 0.735)
    at_most("share of the best action at epsilon 0.2", share, 0.965)


@check("seeded")
def seeded(got, want, secret):
    """Equal seeds agree, another one doesn't, and the global generator isn't touched."""
    agree(structure(got), structure(want))
    one, same, other = got["agents"]
    for name in ("acts", "draws"):
        equal(f"{name} of two agents with one seed", same[name], one[name])
    if one["acts"] == other["acts"]:
        fail("Agents with different seeds act alike.")
    if np.array_equal(np.concatenate(one["draws"]), np.concatenate(other["draws"])):
        fail("Agents with different seeds draw the same samples.")
    for agent, expected in zip(got["agents"], want["agents"], strict=True):
        equal("NumPy's global state", agent["after"], expected["before"])
    equal("NumPy's global state after a constructor", got["after a constructor"], want["untouched"])


def structure(seen):
    """How much of everything there is."""
    return [
        [len(agent["acts"]), [list(draw.shape) for draw in agent["draws"]], len(agent["after"])]
        for agent in seen["agents"]
    ]
