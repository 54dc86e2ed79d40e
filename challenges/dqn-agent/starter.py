import numpy as np
import tensorflow as tf


class ReplayBuffer:
    """The newest `capacity` transitions."""

    def __init__(self, capacity, state_size, seed=None):
        raise NotImplementedError

    def add(self, state, action, reward, next_state, done):
        """Keep a copy of one transition; drop the oldest one when full."""
        raise NotImplementedError

    def __len__(self):
        raise NotImplementedError

    def sample(self, batch_size):
        """Return a dict of states, actions, rewards, next_states and dones: different transitions, drawn at random."""
        raise NotImplementedError


def td_targets(rewards, dones, gamma, next_q_target, next_q_online=None):
    """Return the targets (B,) float32; with `next_q_online` those of double DQN."""
    raise NotImplementedError


class DQNAgent:
    def __init__(
        self,
        state_size,
        action_size,
        *,
        hidden=(64, 64),
        gamma=0.95,
        epsilon=1.0,
        epsilon_min=0.01,
        epsilon_decay=0.995,
        capacity=10_000,
        double=False,
        optimizer=None,
        seed=None,
    ):
        raise NotImplementedError

    def act(self, state, explore=True):
        """Return an action as an int: random with probability epsilon, otherwise the best."""
        raise NotImplementedError

    def remember(self, state, action, reward, next_state, done):
        """Add a transition to the memory."""
        raise NotImplementedError

    def train_on_batch(self, states, actions, rewards, next_states, dones):
        """Take one optimizer step and return the loss from before it."""
        raise NotImplementedError

    def replay(self, batch_size=32):
        """Sample, train once and decay epsilon; None while there are too few transitions."""
        raise NotImplementedError

    def update_target_model(self, tau=1.0):
        """Set the target's weights to tau * online + (1 - tau) * target."""
        raise NotImplementedError
