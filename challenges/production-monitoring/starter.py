import keras
import numpy as np
from scipy.stats import ks_2samp


class ProductionMonitor:
    def __init__(self, reference_data, reference_predictions=None, window=100, alpha=0.05, min_effect=0.1):
        raise NotImplementedError

    def check_data_drift(self, production_data):
        """Return the sorted indices of the features that have drifted."""
        raise NotImplementedError

    def check_prediction_drift(self, predictions):
        """Take in predictions; return whether the latest `window` differ from the baseline."""
        raise NotImplementedError

    def validate_input(self, x):
        """Return one bool for each row."""
        raise NotImplementedError


class ProductionPreprocessor:
    def fit(self, x):
        """Learn mean and standard deviation of each feature; return self."""
        raise NotImplementedError

    def transform(self, x):
        """Return standardised float32 rows; missing values become 0."""
        raise NotImplementedError

    def save(self, path):
        """Write one file at exactly `path`."""
        raise NotImplementedError

    def load(self, path):
        """Restore what `save` wrote; return self."""
        raise NotImplementedError

    def to_model(self, model):
        """Return a Keras model of raw rows."""
        raise NotImplementedError


def find_leaky_features(x, y, threshold=0.95):
    """Return the sorted indices of the features that separate the classes alone."""
    raise NotImplementedError


def serving_skew(train_fn, serve_fn, raw, atol=1e-5):
    """Return features, rows and max_abs_diff of two preprocessings."""
    raise NotImplementedError
