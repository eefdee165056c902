"""Writes keras.json: what layers of Keras 3.15.1 (on TensorFlow 2.21.0) make of numbers, and the gradients of their weights.

    pip install keras==3.15.1 tensorflow==2.21.0 && python make-keras.py
"""

import json
import os
import pathlib

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import keras
import numpy as np
import tensorflow as tf

random = np.random.default_rng(3)
L = keras.layers


def case(ours, layer, shape, arrange=lambda weights: weights, codes=None):
    """A layer's output for three rows, and the gradients of sum(output · given) by its weights, arranged as ours."""
    x = random.normal(size=(3, *shape)).astype("float32")
    if codes:
        x = random.integers(0, codes, size=(3, *shape)).astype("float32")
    call = (lambda v: layer(v, v)) if isinstance(layer, L.MultiHeadAttention) else layer
    call(x)
    for weight in layer.weights:
        weight.assign(random.normal(size=weight.shape, scale=0.5).astype("float32"))
    with tf.GradientTape() as tape:
        output = call(x)
        given = random.normal(size=output.shape).astype("float32")
        value = tf.reduce_sum(output * given)
    gradients = tape.gradient(value, [w.value for w in layer.weights])
    gradients = [tf.convert_to_tensor(g) for g in gradients]
    flat = lambda arrays: [np.asarray(a).astype("float64").round(7).ravel().tolist() for a in arrange([np.asarray(a) for a in arrays])]
    return {
        "layer": ours,
        "input": list(shape),
        "x": x.ravel().tolist(),
        "weights": flat(layer.weights),
        "given": given.ravel().tolist(),
        "output": np.asarray(output).ravel().tolist(),
        "gradients": flat(gradients),
    }


def four(weights):
    kernel, recurrent, bias = weights
    return [kernel, recurrent, *np.split(bias, 4)]


def two(weights):
    kernel, recurrent, bias = weights
    return [kernel, recurrent, bias[0], bias[1]]


def heads(weights):
    q, qb, k, kb, v, vb, o, ob = weights
    return [q, qb, k, kb, v, vb, o, ob]


# Ours keeps the first vector for what is no code.
first = lambda weights: [np.concatenate([np.zeros_like(weights[0][:1]), weights[0]])]

CASES = [
    case({"layer": "dense", "units": 3, "activation": "tanh"}, L.Dense(3, activation="tanh"), (4, 5)),
    case(
        {"layer": "dense", "units": 4, "activation": "gelu"},
        L.Dense(4, activation=lambda x: keras.activations.gelu(x, approximate=True)),
        (5,),
    ),
    case({"layer": "conv2d", "filters": 3}, L.Conv2D(3, 3, padding="same", activation="relu"), (6, 5, 2)),
    case(
        {"layer": "conv2d", "filters": 2, "size": 2, "stride": 2, "padding": "valid", "activation": "sigmoid"},
        L.Conv2D(2, 2, 2, padding="valid", activation="sigmoid"),
        (7, 6, 1),
    ),
    case({"layer": "pool2d", "of": "max"}, L.MaxPooling2D(2), (5, 6, 2)),
    case({"layer": "pool2d", "of": "mean", "size": 3}, L.AveragePooling2D(3), (7, 6, 2)),
    case({"layer": "pool", "of": "mean"}, L.GlobalAveragePooling2D(), (3, 4, 2)),
    case({"layer": "pool", "of": "max"}, L.GlobalMaxPooling1D(), (5, 3)),
    case({"layer": "embedding", "codes": 6, "units": 3}, L.Embedding(6, 3), (4,), first, codes=6),
    case({"layer": "layerNorm"}, L.LayerNormalization(), (4, 6)),
    case({"layer": "lstm", "units": 3}, L.LSTM(3), (5, 2), four),
    case({"layer": "lstm", "units": 3, "gives": "all"}, L.LSTM(3, return_sequences=True), (4, 2), four),
    case({"layer": "gru", "units": 3}, L.GRU(3), (5, 2), two),
    case({"layer": "gru", "units": 2, "gives": "all"}, L.GRU(2, return_sequences=True), (4, 3), two),
    case({"layer": "attention", "heads": 2}, L.MultiHeadAttention(2, 3), (5, 6), heads),
    case({"layer": "dense", "units": 4, "activation": "erfGelu"}, L.Dense(4, activation="gelu"), (5,)),
    case({"layer": "dense", "units": 4, "activation": "elu"}, L.Dense(4, activation="elu"), (5,)),
    case({"layer": "dense", "units": 4, "activation": "silu"}, L.Dense(4, activation="silu"), (5,)),
    case({"layer": "activation", "of": "silu"}, L.Activation("silu"), (4, 3)),
    case({"layer": "unitNorm"}, L.UnitNormalization(), (4, 6)),
]


def masked(ours, layers, arrange=lambda weights: weights):
    """What layers behind an embedding make of codes of which the last are padding: ours have -1 there, Keras 0 and codes from 1."""
    codes = np.array([[1, 4, 2, 0, 0], [3, 0, 0, 0, 0], [5, 1, 2, 4, 3]])
    embedding = L.Embedding(6, 4, mask_zero=True)
    i = keras.Input((5,))
    x = embedding(i)
    for layer in layers:
        x = layer(x, x) if isinstance(layer, L.MultiHeadAttention) else layer(x)
    model = keras.Model(i, x)
    for weight in model.weights:
        weight.assign(random.normal(size=weight.shape, scale=0.5).astype("float32"))
    own = [w for layer in layers for w in arrange([np.asarray(v) for v in layer.get_weights()])]
    weights = [np.asarray(embedding.get_weights()[0]), *own]
    return {
        "layers": [{"layer": "embedding", "codes": 5, "units": 4, "mask": True}, *ours],
        "x": (codes - 1).ravel().tolist(),
        "weights": [w.astype("float64").round(7).ravel().tolist() for w in weights],
        "output": np.asarray(model(codes.astype("float32"))).ravel().tolist(),
    }


MASKED = [
    masked([{"layer": "pool"}], [L.GlobalAveragePooling1D()]),
    masked([{"layer": "attention", "heads": 2}, {"layer": "pool"}], [L.MultiHeadAttention(2, 2), L.GlobalAveragePooling1D()], lambda w: heads(w) if w else w),
    masked([{"layer": "lstm", "units": 3}], [L.LSTM(3)], four),
    masked([{"layer": "gru", "units": 3}], [L.GRU(3)], two),
    masked(
        [{"layer": "gru", "units": 3, "gives": "all"}, {"layer": "layerNorm"}, {"layer": "pool"}],
        [L.GRU(3, return_sequences=True), L.LayerNormalization(), L.GlobalAveragePooling1D()],
        lambda w: two(w) if len(w) == 3 else w,
    ),
]
def backward():
    """Convolutions that look back, near and far."""
    one = case(
        {"layer": "conv1d", "filters": 3, "size": 3, "dilation": 2, "activation": "tanh"},
        L.Conv1D(3, 3, padding="causal", dilation_rate=2, activation="tanh"),
        (6, 2),
    )
    far = case(
        {"layer": "conv1d", "filters": 2, "size": 2, "dilation": 7, "activation": "linear"},
        L.Conv1D(2, 2, padding="causal", dilation_rate=7),
        (5, 3),
    )
    return [one, far]


def batch_norm(shape):
    """Batch normalisation: as served, and a training step's output, gradients by x, scale and shift, and moved statistics."""
    layer = L.BatchNormalization(momentum=0.9)
    x = random.normal(size=(5, *shape)).astype("float32")
    layer(x)
    start = [random.normal(size=shape[-1:]).astype("float32") for _ in range(3)]
    start.append((1 + random.random(size=shape[-1:])).astype("float32"))
    layer.set_weights(start)
    served = np.asarray(layer(x, training=False))
    given = random.normal(size=x.shape).astype("float32")
    v = tf.Variable(x)
    with tf.GradientTape() as tape:
        output = layer(v, training=True)
        value = tf.reduce_sum(output * given)
    gradients = tape.gradient(value, [v, *[w.value for w in layer.trainable_weights]])
    flat = lambda a: np.asarray(a).astype("float64").ravel().tolist()
    return {
        "input": list(shape),
        "x": flat(x),
        "weights": [flat(w) for w in start],
        "served": flat(served),
        "given": flat(given),
        "output": flat(output),
        "gradients": [flat(g) for g in gradients],
        "moved": [flat(w) for w in layer.get_weights()[2:]],
    }


# Behind the others, whose numbers they leave as they are.
CASES += backward()
BATCH_NORM = [batch_norm((4,)), batch_norm((3, 2, 3))]
text = json.dumps({"versions": {"keras": keras.__version__, "tensorflow": tf.__version__}, "cases": CASES, "masked": MASKED, "batchNorm": BATCH_NORM})
(pathlib.Path(__file__).parent / "keras.json").write_text(text + "\n")
