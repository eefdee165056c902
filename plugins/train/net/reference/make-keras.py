"""Writes keras.json: optimisers, schedules, clipping and losses of Keras 3.15.1 (on TensorFlow 2.21.0), which tests hold ours to.

    pip install keras==3.15.1 tensorflow==2.21.0 && python make-keras.py
"""

import json
import os
import pathlib

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import keras
import numpy as np
import tensorflow as tf

SIZE, STEPS, SEEN, RATE = 12, 50, (1, 10, 50), 0.01
random = np.random.default_rng(7)
start = random.uniform(-1, 1, SIZE).astype("float32")
# Some coordinates have gradients that are mostly 0, some large ones.
gradients = (random.normal(size=(STEPS, SIZE)) * np.geomspace(1e-3, 10, SIZE)).astype("float32")
gradients[random.uniform(size=gradients.shape) < 0.2] = 0

OPTIMISERS = [
    ({"name": "sgd", "momentum": 0}, keras.optimizers.SGD(RATE)),
    ({"name": "sgd", "momentum": 0.9}, keras.optimizers.SGD(RATE, momentum=0.9)),
    ({"name": "sgd", "momentum": 0.8, "nesterov": True}, keras.optimizers.SGD(RATE, momentum=0.8, nesterov=True)),
    ({"name": "adam"}, keras.optimizers.Adam(RATE)),
    ({"name": "adam", "amsgrad": True}, keras.optimizers.Adam(RATE, amsgrad=True)),
    ({"name": "adam", "beta1": 0.8, "beta2": 0.99, "epsilon": 1e-4}, keras.optimizers.Adam(RATE, 0.8, 0.99, 1e-4)),
    ({"name": "adamw"}, keras.optimizers.AdamW(RATE)),
    ({"name": "adamw", "weightDecay": 0.5}, keras.optimizers.AdamW(RATE, weight_decay=0.5)),
    ({"name": "rmsprop"}, keras.optimizers.RMSprop(RATE)),
    (
        {"name": "rmsprop", "rho": 0.8, "momentum": 0.5, "centered": True},
        keras.optimizers.RMSprop(RATE, rho=0.8, momentum=0.5, centered=True),
    ),
    ({"name": "adagrad"}, keras.optimizers.Adagrad(RATE)),
    ({"name": "adadelta"}, keras.optimizers.Adadelta(RATE)),
    ({"name": "adamax"}, keras.optimizers.Adamax(RATE)),
    ({"name": "nadam"}, keras.optimizers.Nadam(RATE)),
    ({"name": "lion"}, keras.optimizers.Lion(RATE)),
]


def moved(optimiser):
    variable = keras.Variable(start)
    optimiser.build([variable])
    states = []
    for step in range(STEPS):
        optimiser.apply([tf.constant(gradients[step])], [variable])
        if step + 1 in SEEN:
            states.append(np.asarray(variable).tolist())
    return states


def rates(schedule, steps):
    return [float(schedule(step)) for step in steps]


ROWS, CLASSES = 6, 4
scores = random.normal(size=(ROWS, CLASSES), scale=2).astype("float32")
scores[0] = [12, -12, 0, 0]
weights = random.uniform(0.5, 2, ROWS).astype("float32")
one_hot = np.eye(CLASSES, dtype="float32")[[0, 1, 2, 3, 0, 1]]
sets = (random.uniform(size=(ROWS, CLASSES)) < 0.5).astype("float32")
numbers = random.normal(size=(ROWS, 1), scale=2).astype("float32")


def slope(loss, given, truth):
    """The gradient by the scores of the mean over rows of weight times loss."""
    variable = tf.Variable(given)
    with tf.GradientTape() as tape:
        value = loss(truth, variable, sample_weight=weights)
    return np.asarray(tape.gradient(value, variable)).tolist()


L = keras.losses
focal = lambda gamma: L.CategoricalFocalCrossentropy(alpha=1.0, gamma=gamma, from_logits=True)
LOSSES = {
    "cross-entropy": slope(L.CategoricalCrossentropy(from_logits=True), scores, one_hot),
    "label smoothing 0.1": slope(L.CategoricalCrossentropy(from_logits=True, label_smoothing=0.1), scores, one_hot),
    "focal 2": slope(focal(2.0), scores, one_hot),
    "focal 0.5": slope(focal(0.5), scores[1:2].repeat(ROWS, 0), one_hot),
    "binary": slope(L.BinaryCrossentropy(from_logits=True), scores, sets),
    "binary, label smoothing 0.1": slope(L.BinaryCrossentropy(from_logits=True, label_smoothing=0.1), scores, sets),
    "squared": slope(L.MeanSquaredError(), scores[:, :1], numbers),
    "absolute": slope(L.MeanAbsoluteError(), scores[:, :1], numbers),
    "huber 1": slope(L.Huber(delta=1.0), scores[:, :1], numbers),
    "huber 0.3": slope(L.Huber(delta=0.3), scores[:, :1], numbers),
}

S = keras.optimizers.schedules
clip = [tf.constant(gradients[0])]
text = json.dumps(
    {
        "versions": {"keras": keras.__version__, "tensorflow": tf.__version__},
        "rate": RATE,
        "start": start.tolist(),
        "gradients": gradients.tolist(),
        "seen": SEEN,
        "optimisers": [{"settings": settings, "states": moved(optimiser)} for settings, optimiser in OPTIMISERS],
        "schedules": {
            # 10 epochs of 20 steps, the first two warm-up.
            "cosine": rates(
                S.CosineDecay(0.0, 160, alpha=0.1, warmup_target=0.5, warmup_steps=40), [1, 20, 40, 41, 100, 160, 199]
            ),
            "exponential": rates(S.ExponentialDecay(0.5, 20, 0.9), [0, 7, 20, 100, 199]),
            "step": rates(S.ExponentialDecay(0.5, 60, 0.1, staircase=True), [0, 7, 59, 60, 100, 199]),
        },
        "clip": {
            "norm": np.asarray(tf.clip_by_global_norm(clip, 2.0)[0][0]).tolist(),
            "short": np.asarray(tf.clip_by_global_norm(clip, 1e3)[0][0]).tolist(),
        },
        "losses": {
            "scores": scores.tolist(),
            "weights": weights.tolist(),
            "classes": one_hot.tolist(),
            "sets": sets.tolist(),
            "numbers": numbers.tolist(),
            "slopes": LOSSES,
        },
    },
    indent=None,
)
(pathlib.Path(__file__).parent / "keras.json").write_text(text + "\n")
