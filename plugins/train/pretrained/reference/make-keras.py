"""Writes nets/: small nets of Keras 3.15.1 (on TensorFlow 2.21.0) in its own formats, with what they answer to some rows.

    pip install keras==3.15.1 tensorflow-cpu==2.21.0 && python make-keras.py

The same nets are written as layers models of TensorFlow.js, by its format's description: a description as Keras 2 wrote it, and shards.
"""

import json
import os
import pathlib
import zipfile

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
import keras
import numpy as np

L = keras.layers
here = pathlib.Path(__file__).parent / "nets"
here.mkdir(exist_ok=True)
random = np.random.default_rng(5)


def sequential(*layers):
    return keras.Sequential(list(layers))


def chain(*layers):
    """The same by the functional interface."""
    first, *rest = layers
    x = first
    for layer in rest:
        x = layer(x)
    return keras.Model(first, x)


NETS = {
    "pictures": sequential(
        keras.Input((8, 8, 1)), L.Conv2D(4, 3, activation="relu", name="first"), L.BatchNormalization(), L.MaxPooling2D(),
        L.Conv2D(3, 2, strides=2, padding="same", use_bias=False, activation="elu"), L.BatchNormalization(scale=False), L.ReLU(), L.Flatten(),
        L.Dropout(0.2), L.Dense(6, activation="gelu"), L.LayerNormalization(), L.Dense(5, activation="softmax"),
    ),
    "codes": sequential(keras.Input((6,)), L.Embedding(10, 4), L.LSTM(3, return_sequences=True), L.GRU(3), L.Dense(2, activation="silu")),
    "rows": chain(keras.Input((4,)), L.Dense(3, activation="tanh"), L.Activation("sigmoid"), L.Reshape((3, 1)), L.GlobalAveragePooling1D(), L.Dense(2), L.UnitNormalization(), L.Softmax()),
    "means": sequential(keras.Input((6, 6, 2)), L.AveragePooling2D(2), L.Conv2D(3, 2, activation="swish"), L.GlobalMaxPooling2D(), L.Dense(2, use_bias=False)),
}
TFJS = ("pictures", "means")


def old_description(model):
    """As Keras 2 described it, which TensorFlow.js reads."""
    layers = []
    for layer in model.layers:
        config = {k: v for k, v in layer.get_config().items() if isinstance(v, (int, float, str, bool, list, tuple, type(None)))}
        layers.append({"class_name": type(layer).__name__, "config": config})
    layers[0]["config"]["batch_input_shape"] = [None, *model.input_shape[1:]]
    return {"class_name": "Sequential", "config": {"name": model.name, "layers": layers}, "keras_version": "2.15.0", "backend": "tensorflow"}


for name, model in NETS.items():
    for weight in model.weights:
        low = 0.2 if "variance" in weight.path else -0.8
        weight.assign(random.uniform(low, 0.8, weight.shape).astype("float32"))
    x = random.normal(size=(4, *model.input_shape[1:])).astype("float32")
    if name == "codes":
        x = random.integers(0, 10, size=x.shape).astype("float32")
    sample = {"inputs": x.reshape(4, -1).tolist(), "outputs": model(x, training=False).numpy().reshape(4, -1).tolist()}
    (here / f"{name}.sample.json").write_text(json.dumps(sample) + "\n")
    model.save(here / f"{name}.keras")
    model.save(here / f"{name}.h5")
    if name in TFJS:
        weights = [(f"{layer.name}/{w.name}", w.numpy()) for layer in model.layers for w in layer.weights]
        content = b"".join(w.astype("<f4").tobytes() for _, w in weights)
        half = len(content) // 2
        folder = here / f"{name}-tfjs"
        folder.mkdir(exist_ok=True)
        (folder / "group1-shard1of2.bin").write_bytes(content[:half])
        (folder / "group1-shard2of2.bin").write_bytes(content[half:])
        manifest = [{"paths": ["group1-shard1of2.bin", "group1-shard2of2.bin"], "weights": [{"name": n, "shape": list(w.shape), "dtype": "float32"} for n, w in weights]}]
        described = {"format": "layers-model", "generatedBy": "keras v2.15.0", "convertedBy": None, "modelTopology": {"model_config": old_description(model)}, "weightsManifest": manifest}
        (folder / "model.json").write_text(json.dumps(described) + "\n")

odd = sequential(keras.Input((8, 8, 1)), L.SeparableConv2D(3, 3), L.Conv2D(2, (2, 3)), L.Flatten(), L.Dense(3, activation="selu"))
odd.save(here / "odd.keras")
i = keras.Input((4,))
fork = keras.Model(i, L.Add()([L.Dense(3, name="left")(i), L.Dense(3, name="right")(i)]))
fork.save(here / "fork.keras")
# A description of one net and weights of another.
with zipfile.ZipFile(here / "rows.keras") as given:
    config = given.read("config.json").decode()
    with zipfile.ZipFile(here / "mixed.keras", "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("metadata.json", given.read("metadata.json"))
        out.writestr("config.json", config.replace('"units": 3', '"units": 5').replace("[3, 1]", "[5, 1]"))
        out.writestr("model.weights.h5", given.read("model.weights.h5"))
