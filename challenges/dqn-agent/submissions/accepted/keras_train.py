# style: a subclassed network, keras.ops, Keras's own train_on_batch with a full matrix of targets and a scaled loss
import keras
import numpy as np
from keras import ops


class Network(keras.Model):
    def __init__(self, state_size, hidden, action_size):
        super().__init__()
        self.stack = [keras.layers.Dense(units, activation="relu") for units in hidden]
        self.values = keras.layers.Dense(action_size)
        self.build((None, state_size))

    def build(self, input_shape):
        shape = input_shape
        for layer in [*self.stack, self.values]:
            layer.build(shape)
            shape = layer.compute_output_shape(shape)
        self.width = input_shape[-1]
        self.built = True

    @property
    def input_shape(self):
        return (None, self.width)

    def call(self, x):
        for layer in self.stack:
            x = layer(x)
        return self.values(x)


class ReplayBuffer:
    """Structured rows in one array."""

    def __init__(self, capacity, state_size, seed=None):
        row = [
            ("states", "f4", (state_size,)),
            ("actions", "i4"),
            ("rewards", "f4"),
            ("next_states", "f4", (state_size,)),
            ("dones", "f4"),
        ]
        self.table = np.zeros(capacity, row)
        self.generator = np.random.Generator(np.random.PCG64(seed))
        self.added = 0

    def add(self, state, action, reward, next_state, done):
        self.table[self.added % len(self.table)] = (np.asarray(state), action, reward, np.asarray(next_state), done)
        self.added += 1

    def __len__(self):
        return min(self.added, len(self.table))

    def sample(self, batch_size):
        if not 0 < batch_size <= len(self):
            raise ValueError(f"{batch_size} of {len(self)}")
        rows = self.table[self.generator.permutation(len(self))[:batch_size]]
        return {name: rows[name].copy() for name in rows.dtype.names}


def td_targets(rewards, dones, gamma, next_q_target, next_q_online=None):
    next_q = ops.cast(next_q_target, "float32")
    if next_q_online is None:
        value = ops.max(next_q, axis=-1)
    else:
        best = ops.one_hot(ops.argmax(next_q_online, axis=-1), next_q.shape[-1])
        value = ops.sum(best * next_q, axis=-1)
    return ops.cast(rewards, "float32") + gamma * (1 - ops.cast(dones, "float32")) * value


class DQNAgent:
    def __init__(self, state_size, action_size, *, hidden=(64, 64), gamma=0.95, epsilon=1.0, epsilon_min=0.01,
                 epsilon_decay=0.995, capacity=10_000, double=False, optimizer=None, seed=None):
        self.model = Network(state_size, hidden, action_size)
        self.target_model = Network(state_size, hidden, action_size)
        self.target_model.set_weights(self.model.get_weights())

        def loss(targets, values):
            return action_size * ops.mean(ops.square(targets - values), axis=-1)

        self.model.compile(optimizer=optimizer or "adam", loss=loss, jit_compile=False)
        self.gamma, self.double, self.actions = gamma, double, action_size
        self.epsilon, self.epsilon_min, self.epsilon_decay = epsilon, epsilon_min, epsilon_decay
        first, second = np.random.SeedSequence(seed).generate_state(2)
        self.memory = ReplayBuffer(capacity, state_size, first)
        self.generator = np.random.RandomState(second)

    @property
    def optimizer(self):
        return self.model.optimizer

    def act(self, state, explore=True):
        if explore and self.generator.uniform() < self.epsilon:
            return int(self.generator.choice(self.actions))
        return int(ops.argmax(self.model(ops.cast(ops.expand_dims(np.asarray(state), 0), "float32"))[0]))

    def remember(self, state, action, reward, next_state, done):
        self.memory.add(state, action, reward, next_state, done)

    def train_on_batch(self, states, actions, rewards, next_states, dones):
        states, next_states = np.asarray(states, "float32"), np.asarray(next_states, "float32")
        online = self.model(next_states) if self.double else None
        wanted = np.array(self.model(states))
        wanted[np.arange(len(wanted)), np.asarray(actions)] = td_targets(
            rewards, dones, self.gamma, self.target_model(next_states), online
        )
        return float(self.model.train_on_batch(states, wanted))

    def replay(self, batch_size=32):
        if len(self.memory) < batch_size:
            return None
        loss = self.train_on_batch(**self.memory.sample(batch_size))
        self.epsilon = max(self.epsilon_min, self.epsilon * self.epsilon_decay)
        return loss

    def update_target_model(self, tau=1.0):
        old, new = self.target_model.get_weights(), self.model.get_weights()
        self.target_model.set_weights([tau * n + (1 - tau) * o for n, o in zip(new, old)])
