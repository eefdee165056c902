"""Trains the nets of bench/train/nets.ts in Keras, on the same data: the seconds of each epoch, by the clock and of the processor.

Usage: nets.py CASE FOLDER ROWS THREADS EPOCHS BATCH BEGAN; BEGAN is when the process was asked for, in ms since 1970.
"""

import json
import os
import resource
import sys
import time

case, folder, rows, threads, epochs, batch, began = sys.argv[1:8]
rows, threads, epochs, batch, began = int(rows), int(threads), int(epochs), int(batch), float(began)
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "2"
os.environ["CUDA_VISIBLE_DEVICES"] = "-1"
os.environ["TF_NUM_INTRAOP_THREADS"] = str(threads)
os.environ["TF_NUM_INTEROP_THREADS"] = "1"

import numpy as np
import keras
from keras import layers

keras.utils.set_random_seed(7)
features = np.fromfile(os.path.join(folder, "features.bin"), "float32").reshape(rows, -1)
labels = np.fromfile(os.path.join(folder, "labels.bin"), "int32")
classes = int(labels.max()) + 1


def transformer_block(x, units, heads):
    y = layers.LayerNormalization(epsilon=1e-6)(x)
    y = layers.MultiHeadAttention(heads, units // heads)(y, y)
    x = layers.Add()([x, layers.Dropout(0.1)(y)])
    y = layers.LayerNormalization(epsilon=1e-6)(x)
    y = layers.Dense(units)(layers.Dense(2 * units, activation="gelu")(y))
    return layers.Add()([x, layers.Dropout(0.1)(y)])


class Positions(layers.Layer):
    def build(self, shape):
        self.positions = self.add_weight(shape=shape[1:], initializer="uniform")

    def call(self, x):
        return x + self.positions


def net():
    given = keras.Input((features.shape[1],))
    if case == "dense":
        x = layers.Dense(32, activation="relu")(layers.Dense(32, activation="relu")(given))
    elif case == "cnn":
        x = layers.Reshape((28, 28, 1))(given)
        for filters in (16, 32):
            for _ in range(2):
                x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
            x = layers.MaxPooling2D()(x)
        x = layers.Dropout(0.3)(layers.Dense(64, activation="relu")(layers.Flatten()(x)))
    elif case == "lstm":
        x = layers.Dropout(0.2)(layers.LSTM(32)(layers.Reshape((20, 8))(given)))
    else:
        x = Positions()(layers.Dense(32)(layers.Reshape((20, 8))(given)))
        for _ in range(2):
            x = transformer_block(x, 32, 4)
        x = layers.GlobalAveragePooling1D()(layers.LayerNormalization(epsilon=1e-6)(x))
    return keras.Model(given, layers.Dense(classes, activation="softmax")(x))


class Watch(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.at = []

    def mark(self):
        self.at.append((time.time() * 1000 - began, time.process_time() * 1000))

    def on_train_begin(self, logs=None):
        self.mark()

    def on_epoch_end(self, epoch, logs=None):
        self.mark()


model = net()
model.compile(keras.optimizers.Adam(0.003), "sparse_categorical_crossentropy")
watch = Watch()
history = model.fit(features, labels, batch_size=batch, epochs=epochs, verbose=0, shuffle=True, callbacks=[watch])
print(
    json.dumps(
        {
            "marks": watch.at,
            "parameters": model.count_params(),
            "loss": history.history["loss"][-1],
            "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
    )
)
