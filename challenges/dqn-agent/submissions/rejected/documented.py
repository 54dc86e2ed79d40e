# caught by: all
# why: the usual textbook agent behind the new names: fits row by row, never syncs, keeps references, draws from the global state
import numpy as np
import tensorflow as tf


class ReplayBuffer:
    def __init__(self, capacity, state_size, seed=None):
        self.memory = []

    def add(self, state, action, reward, next_state, done):
        self.memory.append((state, action, reward, next_state, done))

    def __len__(self):
        return len(self.memory)

    def sample(self, batch_size):
        if len(self.memory) < batch_size:
            raise ValueError("not enough memories")
        batch = [self.memory[i] for i in np.random.choice(len(self.memory), batch_size, replace=False)]
        names = ("states", "actions", "rewards", "next_states", "dones")
        return {name: np.array(column) for name, column in zip(names, zip(*batch))}


def td_targets(rewards, dones, gamma, next_q_target, next_q_online=None):
    targets = []
    for reward, done, next_q in zip(rewards, dones, next_q_target):
        target = float(reward)
        if not done:
            target += gamma * np.max(next_q)
        targets.append(target)
    return np.array(targets)


class DQNAgent:
    def __init__(self, state_size, action_size, hidden=(64, 64), gamma=0.95, epsilon=1.0, epsilon_min=0.01,
                 epsilon_decay=0.995, capacity=10_000, double=False, optimizer=None, seed=None):
        self.state_size, self.action_size = state_size, action_size
        self.hidden = hidden
        self.memory = ReplayBuffer(capacity, state_size)
        self.gamma = gamma
        self.epsilon, self.epsilon_decay, self.epsilon_min = epsilon, epsilon_decay, epsilon_min
        self.optimizer = optimizer or tf.keras.optimizers.Adam(0.001)
        self.model = self._build_model()
        self.target_model = self._build_model()
        self.model.compile(optimizer=self.optimizer, loss="mse")

    def _build_model(self):
        model = tf.keras.Sequential()
        model.add(tf.keras.layers.Input((self.state_size,)))
        for units in self.hidden:
            model.add(tf.keras.layers.Dense(units, activation="relu"))
        model.add(tf.keras.layers.Dense(self.action_size, activation="linear"))
        return model

    def act(self, state, explore=True):
        if explore and np.random.random() < self.epsilon:
            return np.random.randint(self.action_size)
        return np.argmax(self.model(np.asarray(state)[np.newaxis])[0])

    def remember(self, state, action, reward, next_state, done):
        self.memory.add(state, action, reward, next_state, done)

    def train_on_batch(self, states, actions, rewards, next_states, dones):
        losses = []
        for state, action, reward, next_state, done in zip(states, actions, rewards, next_states, dones):
            state, next_state = np.asarray(state), np.asarray(next_state)
            target = td_targets([reward], [done], self.gamma, self.target_model(next_state[np.newaxis]))
            target_q = np.array(self.model(state[np.newaxis]))
            target_q[0][action] = target[0]
            history = self.model.fit(state[np.newaxis], target_q, epochs=1, verbose=0)
            losses.append(history.history["loss"][0])
        return float(np.mean(losses))

    def replay(self, batch_size=32):
        if len(self.memory) < batch_size:
            return None
        loss = self.train_on_batch(**self.memory.sample(batch_size))
        if self.epsilon > self.epsilon_min:
            self.epsilon *= self.epsilon_decay
        return loss

    def update_target_model(self, tau=1.0):
        self.target_model.set_weights(self.model.get_weights())
