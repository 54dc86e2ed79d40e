# style: an eager tape and a one-hot mask, a deque, random.Random, a functional model and its clone
import random
from collections import deque

import keras
import numpy as np
import tensorflow as tf
from keras import layers


class ReplayBuffer:
    def __init__(self, capacity, state_size, seed=None):
        self.transitions = deque(maxlen=capacity)
        self.random = random.Random(seed)

    def add(self, state, action, reward, next_state, done):
        self.transitions.append(
            (np.array(state, np.float32), int(action), float(reward), np.array(next_state, np.float32), float(done))
        )

    def __len__(self):
        return len(self.transitions)

    def sample(self, batch_size):
        if batch_size < 1:
            raise ValueError("batch_size must be positive")
        picked = self.random.sample(list(self.transitions), batch_size)  # refuses more than there are
        states, actions, rewards, next_states, dones = zip(*picked)
        return dict(
            states=np.stack(states),
            actions=np.array(actions, np.int32),
            rewards=np.array(rewards, np.float32),
            next_states=np.stack(next_states),
            dones=np.array(dones, np.float32),
        )


def td_targets(rewards, dones, gamma, next_q_target, next_q_online=None):
    next_q = np.asarray(next_q_target, np.float32)
    chooser = next_q if next_q_online is None else np.asarray(next_q_online)
    value = next_q[np.arange(len(next_q)), chooser.argmax(axis=1)]
    targets = np.where(np.asarray(dones, bool), 0, gamma * value) + np.asarray(rewards)
    return targets.astype(np.float32)


class DQNAgent:
    def __init__(self, state_size, action_size, *, hidden=(64, 64), gamma=0.95, epsilon=1.0, epsilon_min=0.01,
                 epsilon_decay=0.995, capacity=10_000, double=False, optimizer=None, seed=None):
        inputs = x = keras.Input((state_size,))
        for units in hidden:
            x = layers.Dense(units, activation="relu")(x)
        self.model = keras.Model(inputs, layers.Dense(action_size)(x))
        self.target_model = keras.models.clone_model(self.model)
        self.optimizer = keras.optimizers.Adam(0.001) if optimizer is None else optimizer
        self.action_size, self.gamma, self.double = action_size, gamma, double
        self.epsilon, self.epsilon_min, self.epsilon_decay = epsilon, epsilon_min, epsilon_decay
        self.random = random.Random(seed)
        self.memory = ReplayBuffer(capacity, state_size, self.random.getrandbits(32))
        self.update_target_model()

    def act(self, state, explore=True):
        if explore and self.random.random() < self.epsilon:
            return self.random.randrange(self.action_size)
        values = self.model(np.asarray(state, np.float32).reshape(1, -1))
        return int(np.asarray(values)[0].argmax())

    def remember(self, state, action, reward, next_state, done):
        self.memory.add(state, action, reward, next_state, done)

    def train_on_batch(self, states, actions, rewards, next_states, dones):
        states, next_states = np.asarray(states, np.float32), np.asarray(next_states, np.float32)
        online = self.model(next_states) if self.double else None
        targets = td_targets(rewards, dones, self.gamma, self.target_model(next_states), online)
        mask = tf.one_hot(actions, self.action_size)
        with tf.GradientTape() as tape:
            chosen = tf.reduce_sum(mask * self.model(states), axis=1)
            loss = tf.reduce_mean((targets - chosen) ** 2)
        self.optimizer.apply(tape.gradient(loss, self.model.trainable_weights), self.model.trainable_weights)
        return loss.numpy().item()

    def replay(self, batch_size=32):
        if len(self.memory) < batch_size:
            return None
        loss = self.train_on_batch(**self.memory.sample(batch_size))
        self.epsilon = max(self.epsilon * self.epsilon_decay, self.epsilon_min)
        return loss

    def update_target_model(self, tau=1.0):
        for target, online in zip(self.target_model.variables, self.model.variables):
            target.assign(online * tau + target * (1 - tau))
