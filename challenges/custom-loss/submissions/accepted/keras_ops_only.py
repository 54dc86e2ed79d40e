# style: keras.ops alone, through p_t and softplus, a where on the label, weights read with try and except
import keras
from keras import ops


def _same_shape(y_true, y_pred):
    y_pred = ops.convert_to_tensor(y_pred)
    if not keras.backend.is_float_dtype(keras.backend.standardize_dtype(y_pred.dtype)):
        y_pred = ops.cast(y_pred, "float32")
    y_true = ops.cast(ops.convert_to_tensor(y_true), y_pred.dtype)
    true, pred = tuple(y_true.shape), tuple(y_pred.shape)
    if (*true, 1) == pred:
        return ops.expand_dims(y_true, -1), y_pred
    fits = len(true) == len(pred) and all(None in pair or pair[0] == pair[1] for pair in zip(true, pred))
    if not fits:
        raise ValueError(f"labels of shape {true} for predictions of shape {pred}")
    return y_true, y_pred


def _minus_log(y_true, y_pred, from_logits):
    """-log(p_t) and -log(1 - p_t)."""
    positive = ops.equal(y_true, 1)
    if from_logits:
        z_t = ops.where(positive, y_pred, -y_pred)
        return ops.softplus(-z_t), ops.softplus(z_t)
    p = ops.clip(y_pred, 1e-7, 1 - 1e-7)
    p_t = ops.where(positive, p, 1 - p)
    return -ops.log(p_t), -ops.log1p(-p_t)


@keras.saving.register_keras_serializable("interview")
def custom_mse(y_true, y_pred):
    y_true, y_pred = _same_shape(y_true, y_pred)
    return ops.mean(ops.square(y_pred - y_true), axis=-1)


@keras.saving.register_keras_serializable("interview")
class FocalLoss(keras.losses.Loss):
    def __init__(self, gamma=2.0, alpha=0.25, from_logits=False, **kwargs):
        super().__init__(**kwargs)
        if gamma < 0 or not 0 <= alpha <= 1:
            raise ValueError(f"gamma={gamma}, alpha={alpha}")
        self.gamma, self.alpha, self.from_logits = gamma, alpha, from_logits

    def call(self, y_true, y_pred):
        y_true, y_pred = _same_shape(y_true, y_pred)
        hit, miss = _minus_log(y_true, y_pred, self.from_logits)
        alpha_t = ops.where(ops.equal(y_true, 1), ops.cast(self.alpha, hit.dtype), ops.cast(1 - self.alpha, hit.dtype))
        return ops.mean(alpha_t * ops.exp(-self.gamma * miss) * hit, axis=-1)

    def get_config(self):
        return {**super().get_config(), "gamma": self.gamma, "alpha": self.alpha, "from_logits": self.from_logits}


def weighted_bce(class_weights, from_logits=False):
    try:
        zero, one = float(class_weights[0]), float(class_weights[1])
    except KeyError as missing:
        raise ValueError(f"no weight for class {missing}") from missing
    if min(zero, one) < 0:
        raise ValueError(f"negative weight in {class_weights}")

    def loss(y_true, y_pred):
        y_true, y_pred = _same_shape(y_true, y_pred)
        cost, _ = _minus_log(y_true, y_pred, from_logits)
        weights = ops.where(ops.equal(y_true, 1), ops.cast(one, cost.dtype), ops.cast(zero, cost.dtype))
        return ops.mean(weights * cost, axis=-1)

    return loss
