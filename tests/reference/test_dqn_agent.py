"""The reference agent against loops over single transitions, finite differences and counts."""

import numpy as np
import pytest
import tensorflow as tf

from reference.dqn_agent import DQNAgent, ReplayBuffer, td_targets

RNG = np.random.default_rng(5)
NAMES = ("states", "actions", "rewards", "next_states", "dones")


def batch_of(count, state_size=3, actions=4):
    return {
        "states": RNG.normal(size=(count, state_size)),
        "actions": RNG.integers(actions, size=count),
        "rewards": RNG.normal(size=count),
        "next_states": RNG.normal(size=(count, state_size)),
        "dones": np.arange(count) % 3 == 0,
    }


def forward(weights, x):
    """The network, as the papers draw it."""
    *hidden, kernel, bias = weights
    for number in range(0, len(hidden), 2):
        x = np.maximum(x @ hidden[number] + hidden[number + 1], 0)
    return x @ kernel + bias


def loss_by_hand(online, target, batch, gamma, double):
    """Transition by transition, in float64."""
    errors = []
    for state, action, reward, following, done in zip(*(batch[name] for name in NAMES), strict=True):
        rating = forward(target, following)
        chooser = forward(online["fixed"], following) if double else rating
        value = 0 if done else rating[int(np.argmax(chooser))]
        errors.append(reward + gamma * value - forward(online["moving"], state)[action])
    return np.mean(np.square(errors))


def agent_with_weights(**settings):
    agent = DQNAgent(3, 4, hidden=(6, 4), gamma=0.9, optimizer=tf.keras.optimizers.SGD(0.5), seed=1, **settings)
    for model in (agent.model, agent.target_model):
        model.set_weights([0.5 * RNG.normal(size=weight.shape) for weight in model.get_weights()])
    return agent


def slopes(function, weights, step=1e-6):
    """The gradient of a function of a list of arrays, by central differences."""
    gradients = [np.zeros_like(weight) for weight in weights]
    for weight, gradient in zip(weights, gradients, strict=True):
        for index in np.ndindex(weight.shape):
            here = weight[index]
            weight[index] = here + step
            above = function(weights)
            weight[index] = here - step
            gradient[index] = (above - function(weights)) / (2 * step)
            weight[index] = here
    return gradients


def test_a_full_buffer_holds_the_newest():
    buffer = ReplayBuffer(5, 2, seed=0)
    for number in range(12):
        buffer.add([number, -number], number % 3, number, [number + 1, 0], number % 2 == 0)
        assert len(buffer) == min(number + 1, 5)
    everything = buffer.sample(5)
    assert sorted(everything["rewards"].tolist()) == [7, 8, 9, 10, 11]
    rewards = everything["rewards"]
    np.testing.assert_array_equal(everything["states"], np.stack([rewards, -rewards], axis=1))
    np.testing.assert_array_equal(everything["actions"], rewards.astype(int) % 3)
    np.testing.assert_array_equal(everything["dones"], rewards.astype(int) % 2 == 0)


def test_a_sample_has_the_promised_types():
    buffer = ReplayBuffer(4, 2, seed=0)
    buffer.add(np.ones(2), 1, 2, tf.zeros(2), True)
    dtypes = {name: column.dtype.name for name, column in buffer.sample(1).items()}
    assert dtypes == dict.fromkeys(NAMES, "float32") | {"actions": "int32"}


def test_the_buffer_shares_nothing_with_anybody():
    buffer, state = ReplayBuffer(4, 2, seed=0), np.zeros(2, np.float32)
    buffer.add(state, 0, 0.0, state, False)
    state[:] = 9
    buffer.sample(1)["states"][:] = 8
    assert not buffer.sample(1)["states"].any()


def test_transitions_are_drawn_alike():
    buffer = ReplayBuffer(10, 1, seed=3)
    for number in range(10):
        buffer.add([0], 0, number, [0], False)
    counts = np.zeros(10)
    for _ in range(2000):
        drawn = buffer.sample(3)["rewards"].astype(int)
        assert len(set(drawn)) == 3
        counts[drawn] += 1
    np.testing.assert_allclose(counts, 600, atol=5 * np.sqrt(2000 * 0.3 * 0.7))


@pytest.mark.parametrize("batch_size", [0, -1, 3])
def test_impossible_samples_are_refused(batch_size):
    buffer = ReplayBuffer(5, 1)
    buffer.add([0], 0, 0, [0], False)
    buffer.add([0], 0, 0, [0], False)
    with pytest.raises(ValueError, match="Received"):
        buffer.sample(batch_size)


def test_impossible_states_are_refused():
    with pytest.raises(ValueError, match="reshape"):
        ReplayBuffer(5, 3).add([1.0], 0, 0.0, [1.0, 2.0, 3.0], False)
    with pytest.raises(ValueError, match="capacity"):
        ReplayBuffer(0, 3)


@pytest.mark.parametrize("double", [False, True])
def test_targets_are_the_bellman_equation(double):
    rewards, dones = RNG.normal(size=8), np.arange(8) % 3 == 0
    rating, choosing = RNG.normal(size=(8, 5)), RNG.normal(size=(8, 5))
    expected = [
        rewards[i] + (0 if dones[i] else 0.9 * rating[i][np.argmax(choosing[i] if double else rating[i])])
        for i in range(8)
    ]
    targets = td_targets(rewards, dones, 0.9, rating, choosing if double else None)
    assert targets.dtype == tf.float32
    np.testing.assert_allclose(targets, expected, rtol=1e-6)


def test_targets_carry_no_gradient():
    values = tf.Variable([[1.0, 2.0]])
    with tf.GradientTape() as tape:
        targets = td_targets([1.0], [0.0], 0.9, values)
    assert tape.gradient(targets, values) is None


@pytest.mark.parametrize("double", [False, True])
def test_a_step_goes_down_the_slope_of_the_loss(double):
    agent, batch = agent_with_weights(double=double), batch_of(7)
    before = [np.float64(weight) for weight in agent.model.get_weights()]
    target = [np.float64(weight) for weight in agent.target_model.get_weights()]

    def loss(weights):
        return loss_by_hand({"fixed": before, "moving": weights}, target, batch, 0.9, double)

    moving = [weight.copy() for weight in before]
    assert agent.train_on_batch(**batch) == pytest.approx(loss(before), rel=1e-5)
    for weight, start, slope in zip(agent.model.get_weights(), before, slopes(loss, moving), strict=True):
        np.testing.assert_allclose(weight, start - 0.5 * slope, rtol=1e-4, atol=1e-5)
    assert int(agent.optimizer.iterations) == 1
    for weight, start in zip(agent.target_model.get_weights(), target, strict=True):
        np.testing.assert_array_equal(weight, np.float32(start))


def test_batches_of_any_size_share_a_trace():
    agent = agent_with_weights()
    for size in (1, 2, 9):
        agent.train_on_batch(*batch_of(size).values())
    assert agent._update.experimental_get_tracing_count() == 1


def test_gamma_is_not_frozen_into_the_trace():
    agent, batch = agent_with_weights(), batch_of(4)
    agent.train_on_batch(**batch)
    agent.gamma = 0.0
    weights = [np.float64(weight) for weight in agent.model.get_weights()]
    expected = loss_by_hand({"moving": weights}, agent.target_model.get_weights(), batch, 0.0, double=False)
    assert agent.train_on_batch(**batch) == pytest.approx(expected, rel=1e-5)


def test_networks_start_alike_and_go_apart():
    agent = DQNAgent(3, 4, hidden=(5,), optimizer=tf.keras.optimizers.SGD(0.5))
    for one, other in zip(agent.model.weights, agent.target_model.weights, strict=True):
        np.testing.assert_array_equal(one, other)
    agent.train_on_batch(**batch_of(6))
    assert not np.array_equal(agent.model.get_weights()[0], agent.target_model.get_weights()[0])


def test_the_target_follows_by_tau():
    agent = agent_with_weights()
    expected = 0.25 * agent.model.get_weights()[0] + 0.75 * agent.target_model.get_weights()[0]
    agent.update_target_model(0.25)
    np.testing.assert_allclose(agent.target_model.get_weights()[0], expected, rtol=1e-5, atol=1e-6)
    agent.update_target_model()
    np.testing.assert_array_equal(agent.target_model.get_weights()[0], agent.model.get_weights()[0])


def test_replay_waits_trains_once_and_explores_less():
    agent = DQNAgent(3, 4, hidden=(5,), epsilon=0.5, epsilon_min=0.3, epsilon_decay=0.8, seed=2)
    rows = list(zip(*batch_of(3).values(), strict=True))
    for row in rows[:2]:
        agent.remember(*row)
    assert agent.replay(3) is None
    assert agent.epsilon == 0.5
    agent.remember(*rows[2])
    assert [type(agent.replay(3)) for _ in range(4)] == [float] * 4
    assert int(agent.optimizer.iterations) == 4
    assert agent.epsilon == 0.3


def test_actions_are_ints_and_follow_epsilon():
    agent = agent_with_weights()
    best = int(np.argmax(forward(agent.model.get_weights(), [0.3, -0.2, 0.5])))
    assert agent.act([0.3, -0.2, 0.5], explore=False) == best
    agent.epsilon = 0.4
    acts = [agent.act(np.array([0.3, -0.2, 0.5])) for _ in range(600)]
    assert {type(action) for action in acts} == {int}
    assert set(acts) == {0, 1, 2, 3}
    assert acts.count(best) / 600 == pytest.approx(0.7, abs=0.1)


def test_agents_with_one_seed_behave_alike():
    def behaviour(seed, world):
        np.random.seed(world)
        agent = DQNAgent(3, 4, hidden=(5,), seed=seed)
        for number in range(20):
            agent.remember([0, 0, 0], 0, number, [0, 0, 0], False)
        acts = [agent.act([0, 0, 0]) for _ in range(20)]
        draws = agent.memory.sample(6)["rewards"].tolist()
        np.testing.assert_array_equal(np.random.random(2), np.random.RandomState(world).random(2))
        return acts, draws

    assert behaviour(3, 0) == behaviour(3, 1) != behaviour(4, 1)
