# caught by: one_update, one_update_double, replay_schedule, learns
# why: reports the right loss and counts a step, but changes nothing
import numpy as np
import tensorflow as tf


class ReplayBuffer:
    def __init__(self, capacity, state_size, seed=None):
        self.capacity, self.rows = capacity, []
        self.rng = np.random.default_rng(seed)

    def add(self, state, action, reward, next_state, done):
        state, next_state = np.array(state, "float32"), np.array(next_state, "float32")
        self.rows.append((state, action, reward, next_state, done))
        if len(self.rows) > self.capacity:
            del self.rows[0]

    def __len__(self):
        return len(self.rows)

    def sample(self, batch_size):
        if batch_size < 1 or batch_size > len(self.rows):
            raise ValueError(f"batch_size={batch_size} of {len(self.rows)}")
        picked = self.rng.choice(len(self.rows), batch_size, replace=False)
        columns = zip(*(self.rows[i] for i in picked))
        names = {"states": "float32", "actions": "int32", "rewards": "float32", "next_states": "float32", "dones": "float32"}
        return {name: np.array(column, names[name]) for name, column in zip(names, columns)}


def td_targets(rewards, dones, gamma, next_q_target, next_q_online=None):
    next_q_target = tf.cast(next_q_target, tf.float32)
    if next_q_online is None:
        value = tf.reduce_max(next_q_target, axis=1)
    else:
        best = tf.argmax(next_q_online, axis=1)
        value = tf.gather(next_q_target, best, axis=1, batch_dims=1)
    return tf.cast(rewards, tf.float32) + gamma * (1.0 - tf.cast(dones, tf.float32)) * value


class DQNAgent:
    def __init__(self, state_size, action_size, *, hidden=(64, 64), gamma=0.95, epsilon=1.0, epsilon_min=0.01,
                 epsilon_decay=0.995, capacity=10_000, double=False, optimizer=None, seed=None):
        self.state_size, self.action_size, self.hidden = state_size, action_size, hidden
        self.gamma, self.double = gamma, double
        self.epsilon, self.epsilon_min, self.epsilon_decay = epsilon, epsilon_min, epsilon_decay
        self.rng = np.random.default_rng(seed)
        self.memory = ReplayBuffer(capacity, state_size, None if seed is None else seed + 1)
        self.model = self.build()
        self.target_model = self.build()
        self.target_model.set_weights(self.model.get_weights())
        self.optimizer = optimizer or tf.keras.optimizers.Adam(0.001)
        self.optimizer.build(self.model.trainable_variables)
        self.step = tf.function(self.take_step, reduce_retracing=True)

    def build(self):
        model = tf.keras.Sequential([tf.keras.Input((self.state_size,))])
        for units in self.hidden:
            model.add(tf.keras.layers.Dense(units, activation="relu"))
        model.add(tf.keras.layers.Dense(self.action_size))
        return model

    def act(self, state, explore=True):
        if explore and self.rng.random() < self.epsilon:
            return int(self.rng.integers(self.action_size))
        return int(np.argmax(self.model(np.asarray(state, "float32")[None])[0]))

    def remember(self, state, action, reward, next_state, done):
        self.memory.add(state, action, reward, next_state, done)

    def take_step(self, states, actions, rewards, next_states, dones):
        online = self.model(next_states) if self.double else None
        targets = td_targets(rewards, dones, self.gamma, self.target_model(next_states), online)
        with tf.GradientTape() as tape:
            chosen = tf.gather(self.model(states), actions, axis=1, batch_dims=1)
            loss = tf.reduce_mean(tf.square(targets - chosen))
        self.optimizer.iterations.assign_add(1)
        return loss

    def train_on_batch(self, states, actions, rewards, next_states, dones):
        batch = [tf.cast(x, tf.float32) for x in (states, rewards, next_states, dones)]
        return float(self.step(batch[0], tf.cast(actions, tf.int32), *batch[1:]))

    def replay(self, batch_size=32):
        if len(self.memory) < batch_size:
            return None
        loss = self.train_on_batch(**self.memory.sample(batch_size))
        self.epsilon = max(self.epsilon_min, self.epsilon * self.epsilon_decay)
        return loss

    def update_target_model(self, tau=1.0):
        pairs = zip(self.model.get_weights(), self.target_model.get_weights())
        self.target_model.set_weights([tau * online + (1 - tau) * target for online, target in pairs])
