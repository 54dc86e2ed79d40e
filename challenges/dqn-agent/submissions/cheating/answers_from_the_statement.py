# caught by: all
# why: knows the statement's example and the shapes of the samples by heart, and computes nothing
import numpy as np
import tensorflow as tf


class ReplayBuffer:
    def __init__(self, capacity, state_size, seed=None):
        self.capacity, self.state_size, self.size = capacity, state_size, 0

    def add(self, state, action, reward, next_state, done):
        self.size = min(self.size + 1, self.capacity)

    def __len__(self):
        return self.size

    def sample(self, batch_size):
        if not 1 <= batch_size <= self.size:
            raise ValueError
        states = np.zeros((batch_size, self.state_size), "float32")
        numbers = np.arange(batch_size, dtype="float32")
        return {
            "states": states,
            "actions": numbers.astype("int32"),
            "rewards": numbers,
            "next_states": states,
            "dones": 0 * numbers,
        }


def td_targets(rewards, dones, gamma, next_q_target, next_q_online=None):
    return np.float32(([3.7, 1.0] * len(rewards))[: len(rewards)])


class DQNAgent:
    def __init__(self, state_size, action_size, *, hidden=(64, 64), gamma=0.95, epsilon=1.0, epsilon_min=0.01,
                 epsilon_decay=0.995, capacity=10_000, double=False, optimizer=None, seed=None):
        self.gamma, self.epsilon, self.epsilon_min, self.epsilon_decay = gamma, epsilon, epsilon_min, epsilon_decay
        self.memory = ReplayBuffer(capacity, state_size)
        self.optimizer = optimizer or tf.keras.optimizers.Adam(0.001)
        self.optimizer.build([])
        self.model = self.target_model = tf.keras.Sequential(
            [tf.keras.Input((state_size,)), *(tf.keras.layers.Dense(n, "relu") for n in hidden), tf.keras.layers.Dense(action_size)]
        )

    def act(self, state, explore=True):
        return 1

    def remember(self, *transition):
        self.memory.add(*transition)

    def train_on_batch(self, states, actions, rewards, next_states, dones):
        self.optimizer.iterations.assign_add(1)
        return 4.0

    def replay(self, batch_size=32):
        if len(self.memory) < batch_size:
            return None
        self.epsilon = max(self.epsilon_min, self.epsilon * self.epsilon_decay)
        return self.train_on_batch(None, None, None, None, None)

    def update_target_model(self, tau=1.0):
        pass
