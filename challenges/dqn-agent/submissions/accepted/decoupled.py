# style: the memory lives in tf.Variables, gather_nd picks the values, gradients are traced and the step is not
import numpy as np
import tensorflow as tf


class ReplayBuffer:
    def __init__(self, capacity, state_size, seed=None):
        def column(dtype, *shape):
            return tf.Variable(tf.zeros((capacity, *shape), dtype), trainable=False)

        self.capacity, self.count = capacity, 0
        self.columns = {
            "states": column(tf.float32, state_size),
            "actions": column(tf.int32),
            "rewards": column(tf.float32),
            "next_states": column(tf.float32, state_size),
            "dones": column(tf.float32),
        }
        self.rng = np.random.default_rng(seed)

    def add(self, state, action, reward, next_state, done):
        slot = self.count % self.capacity
        for column, value in zip(self.columns.values(), (state, action, reward, next_state, done)):
            column[slot].assign(tf.cast(tf.constant(value), column.dtype))
        self.count += 1

    def __len__(self):
        return min(self.count, self.capacity)

    def sample(self, batch_size):
        if batch_size < 1 or batch_size > len(self):
            raise ValueError(f"cannot draw {batch_size} of {len(self)}")
        rows = self.rng.permutation(len(self))[:batch_size]
        return {name: tf.gather(column, rows) for name, column in self.columns.items()}


def td_targets(rewards, dones, gamma, next_q_target, next_q_online=None):
    next_q_target = tf.cast(next_q_target, tf.float32)
    chooser = next_q_target if next_q_online is None else next_q_online
    value = pick(next_q_target, tf.argmax(chooser, axis=1, output_type=tf.int32))
    ended = tf.cast(dones, tf.bool)
    return tf.cast(rewards, tf.float32) + tf.where(ended, 0.0, tf.cast(gamma, tf.float32) * value)


def pick(values, actions):
    return tf.gather_nd(values, tf.stack([tf.range(tf.shape(actions)[0]), actions], axis=1))


class DQNAgent:
    def __init__(self, state_size, action_size, *, hidden=(64, 64), gamma=0.95, epsilon=1.0, epsilon_min=0.01,
                 epsilon_decay=0.995, capacity=10_000, double=False, optimizer=None, seed=None):
        self.gamma, self.epsilon, self.epsilon_min, self.epsilon_decay = gamma, epsilon, epsilon_min, epsilon_decay
        self.action_size, self.double = action_size, double
        self.optimizer = tf.keras.optimizers.Adam(1e-3) if optimizer is None else optimizer
        self.rng = np.random.default_rng(seed)
        self.memory = ReplayBuffer(capacity, state_size, int(self.rng.integers(2**31)))

        def network():
            dense = [tf.keras.layers.Dense(units, "relu") for units in hidden]
            return tf.keras.Sequential([tf.keras.layers.InputLayer((state_size,)), *dense, tf.keras.layers.Dense(action_size)])

        self.model, self.target_model = network(), network()
        self.update_target_model()
        self.gradients = tf.function(self._gradients, reduce_retracing=True)
        self.values = tf.function(lambda states: self.model(states))

    def act(self, state, explore=True):
        if explore and self.rng.uniform() < self.epsilon:
            return self.rng.integers(0, self.action_size).item()
        return np.argmax(self.values(tf.cast(tf.constant(state)[tf.newaxis], tf.float32)).numpy()).item()

    def remember(self, *transition):
        self.memory.add(*transition)

    def _gradients(self, states, actions, targets):
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.math.squared_difference(targets, pick(self.model(states), actions)))
        return loss, tape.gradient(loss, self.model.trainable_variables)

    def train_on_batch(self, states, actions, rewards, next_states, dones):
        next_states = tf.cast(next_states, tf.float32)
        online = self.model(next_states) if self.double else None
        targets = td_targets(rewards, dones, self.gamma, self.target_model(next_states), online)
        loss, gradients = self.gradients(tf.cast(states, tf.float32), tf.cast(actions, tf.int32), targets)
        self.optimizer.apply_gradients(zip(gradients, self.model.trainable_variables))
        return float(loss)

    def replay(self, batch_size=32):
        if len(self.memory) < batch_size:
            return None
        loss = self.train_on_batch(**self.memory.sample(batch_size))
        self.epsilon = max(self.epsilon_min, self.epsilon * self.epsilon_decay)
        return loss

    def update_target_model(self, tau=1.0):
        for target, online in zip(self.target_model.weights, self.model.weights):
            target.assign_add(tau * (online - target))
