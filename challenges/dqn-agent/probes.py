"""What is asked of the buffer, the targets and the agent. All numbers that could be random are either fixed by the
probe or handed over whole, for the check to judge.
"""

import keras
import numpy as np

from grader.probing import f32, probe, raised


def filled(model, rng):
    """The model, with random weights that no two networks share."""
    model.set_weights([0.5 * f32(rng, *weight.shape) for weight in model.get_weights()])
    return model


def transitions(rng, count, state_size, actions):
    """Random transitions as five arrays; every third one is final."""
    return {
        "states": f32(rng, count, state_size),
        "actions": rng.integers(actions, size=count).astype("int32"),
        "rewards": f32(rng, count),
        "next_states": f32(rng, count, state_size),
        "dones": (np.arange(count) % 3 == 1).astype("float32"),
    }


def arrays(sample):
    """A sample as NumPy arrays that are nobody else's."""
    return {name: np.array(sample[name]) for name in ("states", "actions", "rewards", "next_states", "dones")}


def by_reward(sample):
    """A sample in the order of its rewards, which is the order in which the probe made them."""
    drawn = arrays(sample)
    order = np.argsort(drawn["rewards"], kind="stable")
    return {name: column[order] for name, column in drawn.items()}


def distance(weights, others):
    """How far two lists of weights are apart at most."""
    return float(max(np.abs(one - other).max() for one, other in zip(weights, others, strict=True)))


@probe("network_contract")
def network_contract(solution, rng):
    """Two networks of the given layers: equal at the start, and then independent of each other."""
    seen = {}
    for name, agent in {
        "default": solution.DQNAgent(4, 2),
        "one hidden layer": solution.DQNAgent(3, 5, hidden=(7,)),
    }.items():
        start, target_start = agent.model.get_weights(), agent.target_model.get_weights()
        states = 2 * f32(rng, 6, agent.model.input_shape[-1])
        filled(agent.model, rng)
        after = agent.target_model.get_weights()
        filled(agent.target_model, rng)
        seen[name] = {
            "count": int(agent.model.count_params()),
            "shapes": [list(weight.shape) for weight in start],
            "varied": bool(np.std(start[0]) > 0.001),
            "apart at the start": distance(start, target_start),
            "target moved": distance(target_start, after),
            "online": agent.model(states),
            "target": agent.target_model(states),
            "settings": [
                float(value) for value in (agent.gamma, agent.epsilon, agent.epsilon_min, agent.epsilon_decay)
            ],
            "remembered": len(agent.memory),
            "steps": int(agent.optimizer.iterations),
            "rate": np.float32(agent.optimizer.learning_rate),
        }
    return seen


@probe("td_targets")
def td_targets(solution, rng):
    """Final transitions are worth their reward alone, whatever the networks say."""
    dones = rng.permutation([0, 0, 1, 0, 1, 0, 0, 1, 0]).astype("float32")
    lows = np.full((2, 4), -1, "float32")
    return {
        "random": solution.td_targets(f32(rng, 9), dones, 0.9, f32(rng, 9, 4)),
        "all below zero": solution.td_targets(np.float32([0.5, 0.5]), np.array([True, False]), 0.9, lows),
    }


@probe("td_targets_double")
def td_targets_double(solution, rng):
    """One table chooses, the other one rates."""
    dones = rng.permutation(np.arange(12) % 4 == 0)
    return solution.td_targets(f32(rng, 12), dones, 0.97, f32(rng, 12, 5), f32(rng, 12, 5))


@probe("buffer_ring")
def buffer_ring(solution, rng):
    """A full buffer forgets the oldest, and a sample has no transition twice."""
    capacity = int(rng.integers(8, 14))
    count = capacity + int(rng.integers(3, 7))
    given = transitions(rng, count, 3, 7) | {"rewards": np.arange(count, dtype="float32")}
    buffer = solution.ReplayBuffer(capacity, 3, seed=int(rng.integers(10_000)))
    refusals, sizes = [raised(buffer.sample, 1)], [len(buffer)]
    for row in zip(*given.values(), strict=True):
        buffer.add(*row)
        sizes.append(len(buffer))
    refusals += [raised(buffer.sample, size) for size in (capacity + 1, 0, -1)]
    return {
        "given": given,
        "capacity": capacity,
        "sizes": sizes,
        "refusals": refusals,
        "everything": by_reward(buffer.sample(capacity)),
        "samples": [arrays(buffer.sample(capacity - 2)) for _ in range(25)],
    }


@probe("buffer_copies")
def buffer_copies(solution, rng):
    """An environment that reports every state in the same two arrays, and a caller who writes into its sample."""
    agent = solution.DQNAgent(3, 2, hidden=(4,), capacity=20, seed=1)
    state, following = np.zeros(3, "float32"), np.zeros(3, "float32")
    for step in range(12):
        state[:], following[:] = f32(rng, 3), f32(rng, 3)
        agent.remember(state, step % 2, float(step), following, step == 11)
    state[:] = following[:] = 99
    first = agent.memory.sample(12)
    seen = by_reward(first)
    for column in first.values():
        if isinstance(column, np.ndarray) and column.flags.writeable:
            column[...] = 123
    return {"sampled": seen, "sampled again": by_reward(agent.memory.sample(12))}


@probe("act_greedy")
def act_greedy(solution, rng):
    """The online network's best action as an int, for states of any type."""
    agent = solution.DQNAgent(4, 3, hidden=(8,), epsilon=0.0, seed=1)
    filled(agent.model, rng)
    filled(agent.target_model, rng)
    states = 2 * rng.standard_normal((12, 4))
    seen = {"float64": [agent.act(state) for state in states]}
    agent.epsilon = 1.0
    return seen | {
        "float32": [agent.act(state.astype("float32"), explore=False) for state in states],
        "list": [agent.act(state.tolist(), explore=False) for state in states[:3]],
        "int64": [agent.act(state, explore=False) for state in rng.integers(-3, 4, (3, 4))],
        "epsilon": float(agent.epsilon),
        "remembered": len(agent.memory),
    }


@probe("act_explores")
def act_explores(solution, rng):
    """A thousand actions at random, then 250 of which a fifth are."""
    agent = solution.DQNAgent(3, 4, hidden=(6,), seed=int(rng.integers(10_000)))
    filled(agent.model, rng)
    state = f32(rng, 3)
    always = [agent.act(state) for _ in range(1000)]
    agent.epsilon = 0.2
    return {
        "always": always,
        "a fifth": [agent.act(state) for _ in range(250)],
        "best": agent.act(state, explore=False),
    }


@probe("seeded")
def seeded(solution, rng):
    """Two agents with one seed act and draw alike, under different global states, and a third one doesn't."""
    one, other = (int(seed) for seed in rng.choice(10_000, 2, replace=False))
    given = transitions(rng, 40, 3, 4) | {"rewards": np.arange(40, dtype="float32")}
    seen = []
    for world, seed in enumerate((one, one, other)):
        np.random.seed(world)
        agent = solution.DQNAgent(3, 4, hidden=(5,), seed=seed)
        filled(agent.model, np.random.default_rng(0))  # networks may differ: what is random is to be looked at
        for row in zip(*given.values(), strict=True):
            agent.remember(*row)
        before = np.random.get_state()[1:3]
        acts = [int(agent.act(given["states"][0])) for _ in range(30)]
        draws = [np.array(agent.memory.sample(8)["rewards"]) for _ in range(3)]
        after = np.random.get_state()[1:3]
        seen.append({"acts": acts, "draws": draws, "before": list(before), "after": list(after)})
    np.random.seed(7)
    untouched = np.random.random(4)
    np.random.seed(7)
    solution.DQNAgent(3, 4, hidden=(5,), seed=one)
    return {"agents": seen, "untouched": untouched, "after a constructor": np.random.random(4)}


def updates(solution, rng, **settings):
    """A step on 17 transitions by position and one on 5 by keyword, with two networks that differ."""
    agent = solution.DQNAgent(3, 4, hidden=(6, 4), gamma=0.9, optimizer=keras.optimizers.SGD(0.5), seed=1, **settings)
    filled(agent.model, rng)
    filled(agent.target_model, rng)
    first, second = transitions(rng, 17, 3, 4), transitions(rng, 5, 3, 4)
    losses = [agent.train_on_batch(*first.values())]
    between = agent.model.get_weights()
    losses.append(agent.train_on_batch(**{name: column.tolist() for name, column in second.items()}))
    return {
        "losses": losses,
        "after one step": between,
        "after two steps": agent.model.get_weights(),
        "target": agent.target_model.get_weights(),
        "steps": int(agent.optimizer.iterations),
        "epsilon": float(agent.epsilon),
        "remembered": len(agent.memory),
    }


@probe("one_update")
def one_update(solution, rng):
    """Losses, weights and everything that a step must leave alone."""
    return updates(solution, rng)


@probe("one_update_double")
def one_update_double(solution, rng):
    """The same, with the online network choosing the next action."""
    return updates(solution, rng, double=True)


@probe("replay_schedule")
def replay_schedule(solution, rng):
    """Nothing before there are enough transitions; then one step and one decay each time, down to a floor.

    The batch is as large as the memory, so every draw has the same loss.
    """
    agent = solution.DQNAgent(
        3,
        2,
        hidden=(5,),
        epsilon=0.5,
        epsilon_min=0.3,
        epsilon_decay=0.8,
        optimizer=keras.optimizers.SGD(0.1),
        seed=3,
    )
    filled(agent.model, rng)
    filled(agent.target_model, rng)
    returned, epsilons, steps = [], [], []
    rows = list(zip(*transitions(rng, 8, 3, 2).values(), strict=True))
    for round_number in range(13):
        if round_number < len(rows):
            agent.remember(*rows[round_number])
        returned.append(agent.replay(8))
        epsilons.append(float(agent.epsilon))
        steps.append(int(agent.optimizer.iterations))
    return {"returned": returned, "epsilons": epsilons, "steps": steps, "weights": agent.model.get_weights()}


@probe("target_sync")
def target_sync(solution, rng):
    """A quarter of the way, the whole way, and then the online network goes on alone."""
    agent = solution.DQNAgent(3, 4, hidden=(5,), optimizer=keras.optimizers.SGD(0.5), seed=1)
    filled(agent.model, rng)
    filled(agent.target_model, rng)
    agent.update_target_model(0.25)
    quarter = agent.target_model.get_weights()
    agent.update_target_model()
    copied = agent.target_model.get_weights()
    agent.train_on_batch(**transitions(rng, 9, 3, 4))
    return {
        "a quarter": quarter,
        "copied": copied,
        "after a step": agent.target_model.get_weights(),
        "online after a step": agent.model.get_weights(),
    }


@probe("learns")
def learns(solution, rng, corridor):
    """All that can be known of a small world, replayed until the values should be right."""
    agent = solution.DQNAgent(
        len(corridor["places"]),
        3,
        hidden=(32,),
        gamma=float(corridor["gamma"]),
        capacity=100,
        optimizer=keras.optimizers.Adam(0.01),
        seed=int(rng.integers(10_000)),
    )
    names = ("states", "actions", "rewards", "next_states", "dones")
    for _ in range(4):
        for row in zip(*(corridor[name] for name in names), strict=True):
            agent.remember(*row)
    for count in range(401):
        agent.replay(32)
        if count == 0 and int(agent.optimizer.iterations) != 1:
            break  # one step for each transition would take minutes, and has failed already
        if count % 20 == 0:
            agent.update_target_model()
    return agent.model(corridor["places"])
