import numpy as np
import tensorflow as tf


def build_augmenter(rotation_degrees=20.0, shift=0.2, zoom=0.1, contrast=0.1, horizontal_flip=True, seed=None):
    """Return a layer that augments float32 batches (N, H, W, C) in [0, 1] in training, and does nothing otherwise."""
    raise NotImplementedError


def build_classifier(augmenter, input_shape, num_classes):
    """Return an uncompiled model: the augmenter, a small network, a softmax."""
    raise NotImplementedError


def export_for_serving(model, path):
    """Write the model as a SavedModel that never augments."""
    raise NotImplementedError


def augment_image(image, label, seed):
    """Return (image, label); what is done to the image follows from the seed alone."""
    raise NotImplementedError


def make_dataset(images, labels, batch_size, training, seed=0):
    """Return a tf.data.Dataset of (float32 images in [0, 1], labels) batches."""
    raise NotImplementedError
