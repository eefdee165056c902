"""Opens exported folders by the Python packages of each format, and compares them with the answers that lie beside.

Run by hand: python check-in-python.py FOLDER ...
Checked with lightgbm 4.7.0, onnx 1.23.2, onnxruntime 1.32.0; tensorflow 2.21.0 with keras 3.15.1.
"""
import json, pathlib, sys

import numpy as np


def saved_model(folder, manifest, x):
    import keras
    import tensorflow as tf

    function = tf.saved_model.load(str(folder)).signatures["serving_default"]
    one = function(features=tf.constant(x, tf.float32))["answers"].numpy()
    layer = keras.layers.TFSMLayer(str(folder), call_endpoint="serving_default")
    two = layer(tf.constant(x, tf.float32))["answers"].numpy()
    assert np.array_equal(one, two), "TensorFlow and Keras differ"
    return one


def onnx(folder, manifest, x):
    import onnx
    import onnxruntime

    onnx.checker.check_model(str(folder / "model.onnx"), full_check=True)
    session = onnxruntime.InferenceSession(str(folder / "model.onnx"))
    return session.run(["answers"], {"features": x.astype(manifest["input"]["type"])})[0]


def lightgbm(folder, manifest, x):
    import lightgbm

    x = x.copy()
    for feature, value in manifest["fills"]:
        x[np.isnan(x[:, feature]), feature] = value
    given = [lightgbm.Booster(model_file=str(folder / file)).predict(x) for file in manifest["files"]]
    if len(given) > 1:
        return np.sort(np.stack(given, 1), 1)
    if given[0].ndim == 1 and manifest["output"]["shape"][1] == 2:
        return np.stack([1 - given[0], given[0]], 1)
    return given[0].reshape(len(x), -1)


for name in sys.argv[1:]:
    folder = pathlib.Path(name)
    manifest = json.loads((folder / "export.json").read_text())
    open_by = {"saved-model": saved_model, "onnx": onnx, "lightgbm": lightgbm}.get(manifest["export"])
    if open_by is None:
        continue
    sample = json.loads((folder / "features-sample.json").read_text())
    x = np.array(sample["features"], float)  # null becomes NaN
    answers = np.array(sample["answers"])
    off = np.abs(open_by(folder, manifest, x) - answers) / np.maximum(1, np.abs(answers))
    assert off.max() <= manifest["compared"]["allowed"], (name, off.max())
    print(f"{manifest['export']:12} {manifest['kind']:20} {len(x)} rows, largest difference {off.max():.1e}")
