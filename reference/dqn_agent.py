"""A deep Q-learning agent: a replay buffer, targets by the Bellman equation, and one compiled step for a minibatch.

The online network Q is moved towards targets that a second, slower network Q' supplies:

    y = r + gamma * (1 - done) * max_a Q'(s', a)                      plain
    y = r + gamma * (1 - done) * Q'(s', argmax_a Q(s', a))            double
    loss = mean over the batch of (y - Q(s, a))**2

Only the action that was taken has an error: of each row of Q(s, .) one entry is gathered, and the mean is over the
batch alone. Targets carry no gradient.

Mnih et al.: Human-level control through deep reinforcement learning. Nature 518, 2015 (replay, target network).
van Hasselt, Guez and Silver: Deep reinforcement learning with double Q-learning. AAAI 2016,
https://arxiv.org/abs/1509.06461
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

Seed = int | np.random.SeedSequence | None


class ReplayBuffer:
    """The newest `capacity` transitions, in arrays that are allocated once.

    The write position runs round the arrays, so the oldest transition is the one that is overwritten. Assigning into
    an array copies, which matters: environments tend to reuse the array in which they report a state.

    Args:
        capacity: how many transitions are held at most.
        state_size: numbers in a state.
        seed: of the buffer's own generator; None for an unpredictable one.

    Raises:
        ValueError: capacity below 1, or (from `add`) a state of another size.
    """

    def __init__(self, capacity: int, state_size: int, seed: Seed = None) -> None:
        if capacity < 1:
            raise ValueError(f"capacity must be at least 1. Received: capacity={capacity}")
        self._rng = np.random.default_rng(seed)
        self._columns: dict[str, npt.NDArray[Any]] = {
            "states": np.zeros((capacity, state_size), np.float32),
            "actions": np.zeros(capacity, np.int32),
            "rewards": np.zeros(capacity, np.float32),
            "next_states": np.zeros((capacity, state_size), np.float32),
            "dones": np.zeros(capacity, np.float32),
        }
        self._state_size, self._capacity = state_size, capacity
        self._position = self._size = 0

    def __len__(self) -> int:
        return self._size

    def add(self, state: Any, action: int, reward: float, next_state: Any, done: bool) -> None:
        """Copy one transition into the buffer, in the place of the oldest when it is full."""
        row = (
            np.reshape(np.asarray(state, np.float32), self._state_size),
            action,
            reward,
            np.reshape(np.asarray(next_state, np.float32), self._state_size),
            done,
        )
        for column, value in zip(self._columns.values(), row, strict=True):
            column[self._position] = value
        self._position = (self._position + 1) % self._capacity
        self._size = min(self._size + 1, self._capacity)

    def sample(self, batch_size: int) -> dict[str, npt.NDArray[Any]]:
        """Return `batch_size` different transitions, all equally likely, as arrays that belong to the caller.

        `states` and `next_states` (B, S) float32, `actions` (B,) int32, `rewards` and `dones` (B,) float32.

        Raises:
            ValueError: less than 1 or more than `len(self)` transitions are asked for.
        """
        if not 1 <= batch_size <= self._size:
            raise ValueError(f"batch_size must be between 1 and {self._size}. Received: batch_size={batch_size}")
        rows = self._rng.choice(self._size, size=batch_size, replace=False)
        return {name: column[rows] for name, column in self._columns.items()}


def td_targets(rewards: Any, dones: Any, gamma: Any, next_q_target: Any, next_q_online: Any = None) -> tf.Tensor:
    """Return the targets (B,) float32 of Q(s, a), constant under differentiation.

    Args:
        rewards: (B,).
        dones: (B,), bool or 0 and 1. What follows a final transition is worth nothing.
        gamma: the discount, a number or a scalar tensor.
        next_q_target: (B, A), the target network's values of the next states.
        next_q_online: (B, A), the online network's. When given (double DQN) it chooses the actions that `next_q_target`
            rates: the maximum of noisy values is too large on average, and with one network choosing and another
            rating, the noise of the choice isn't also in the value.
    """
    next_q = tf.cast(next_q_target, tf.float32)
    chooser = next_q if next_q_online is None else tf.cast(next_q_online, tf.float32)
    best = tf.argmax(chooser, axis=1, output_type=tf.int32)
    value = tf.gather(next_q, best, axis=1, batch_dims=1)
    goes_on = 1.0 - tf.cast(dones, tf.float32)
    return tf.stop_gradient(tf.cast(rewards, tf.float32) + tf.cast(gamma, tf.float32) * goes_on * value)


class DQNAgent:
    """Acts epsilon-greedily and learns from minibatches of what it remembers.

    Randomness comes from two generators with seeds of their own, one for exploring and one for the buffer, both made
    from `seed`; drawing more often from one doesn't move the other. Initial weights are Keras's business.

    Args:
        state_size: numbers in a state.
        action_size: number of actions.
        hidden: units of the hidden layers.
        gamma: discount of future rewards.
        epsilon: share of random actions, which `replay` multiplies by `epsilon_decay`, down to `epsilon_min`.
        capacity: transitions that are remembered.
        double: the online network chooses the next action, the target network rates it.
        optimizer: a Keras optimizer of the agent's own; None for Adam(0.001).
        seed: None for an unpredictable agent.
    """

    def __init__(
        self,
        state_size: int,
        action_size: int,
        *,
        hidden: Sequence[int] = (64, 64),
        gamma: float = 0.95,
        epsilon: float = 1.0,
        epsilon_min: float = 0.01,
        epsilon_decay: float = 0.995,
        capacity: int = 10_000,
        double: bool = False,
        optimizer: keras.optimizers.Optimizer | None = None,
        seed: int | None = None,
    ) -> None:
        self.state_size, self.action_size = state_size, action_size
        self.gamma, self.double = gamma, double
        self.epsilon, self.epsilon_min, self.epsilon_decay = epsilon, epsilon_min, epsilon_decay
        explore_seed, buffer_seed = np.random.SeedSequence(seed).spawn(2)
        self._rng = np.random.default_rng(explore_seed)
        self.memory = ReplayBuffer(capacity, state_size, buffer_seed)
        self.model, self.target_model = self._network(hidden), self._network(hidden)
        self.update_target_model()
        self.optimizer = keras.optimizers.Adam(0.001) if optimizer is None else optimizer
        self.optimizer.build(self.model.trainable_variables)  # a compiled step must not make variables
        self._compile()

    def _network(self, hidden: Sequence[int]) -> keras.Model:
        layers = [keras.layers.Dense(units, activation="relu") for units in hidden]
        return keras.Sequential([keras.Input((self.state_size,)), *layers, keras.layers.Dense(self.action_size)])

    def _compile(self) -> None:
        """One trace each, for every size of batch."""
        states = tf.TensorSpec((None, self.state_size), tf.float32)
        numbers, scalar = tf.TensorSpec((None,), tf.float32), tf.TensorSpec((), tf.float32)
        actions = tf.TensorSpec((None,), tf.int32)
        self._best = tf.function(self._greedy, input_signature=[states])
        self._update = tf.function(self._step, input_signature=[states, actions, numbers, states, numbers, scalar])

    def _greedy(self, states: tf.Tensor) -> tf.Tensor:
        return tf.argmax(self.model(states, training=False), axis=1)

    def act(self, state: Any, explore: bool = True) -> int:
        """Return an action for one state (S,): random with probability `epsilon`, otherwise the best one known."""
        if explore and self._rng.random() < self.epsilon:
            return int(self._rng.integers(self.action_size))
        return int(self._best(np.asarray(state, np.float32)[np.newaxis])[0])

    def remember(self, state: Any, action: int, reward: float, next_state: Any, done: bool) -> None:
        """Keep a copy of one transition."""
        self.memory.add(state, action, reward, next_state, done)

    def _step(
        self,
        states: tf.Tensor,
        actions: tf.Tensor,
        rewards: tf.Tensor,
        next_states: tf.Tensor,
        dones: tf.Tensor,
        gamma: tf.Tensor,
    ) -> tf.Tensor:
        online_next = self.model(next_states, training=False) if self.double else None
        targets = td_targets(rewards, dones, gamma, self.target_model(next_states, training=False), online_next)
        variables = self.model.trainable_variables
        with tf.GradientTape() as tape:
            taken = tf.gather(self.model(states, training=True), actions, axis=1, batch_dims=1)
            loss = tf.reduce_mean(tf.square(targets - taken))
        self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        return loss

    def train_on_batch(self, states: Any, actions: Any, rewards: Any, next_states: Any, dones: Any) -> float:
        """Take one optimizer step on a batch of transitions and return the loss from before it.

        Shapes: states and next_states (B, S), the others (B,); any batch size, any numeric or boolean dtype.
        """
        loss = self._update(
            tf.cast(states, tf.float32),
            tf.cast(actions, tf.int32),
            tf.cast(rewards, tf.float32),
            tf.cast(next_states, tf.float32),
            tf.cast(dones, tf.float32),
            tf.constant(self.gamma, tf.float32),  # an argument: a number would be frozen into the trace
        )
        return float(loss)

    def replay(self, batch_size: int = 32) -> float | None:
        """Train on `batch_size` remembered transitions, then explore a little less. None while there are fewer."""
        if len(self.memory) < batch_size:
            return None
        loss = self.train_on_batch(**self.memory.sample(batch_size))
        self.epsilon = max(self.epsilon_min, self.epsilon * self.epsilon_decay)
        return loss

    def update_target_model(self, tau: float = 1.0) -> None:
        """Move the target network by the share `tau` of the way to the online network; 1 copies it."""
        for target, online in zip(self.target_model.weights, self.model.weights, strict=True):
            target.assign(tau * online + (1.0 - tau) * target)
