"""LightGBM from Python and scikit-learn's HistGradientBoosting on one table made by arithmetic.

    python trees.py FOLDER ROWS WIDTH ITERATIONS THREADS ROUNDS

Writes the table to FOLDER (features.bin: doubles, row after row; labels.bin: singles), and prints seconds by the clock of each round
and the digest of LightGBM's model without the line of its threads.
"""

import hashlib
import json
import os
import re
import sys
import time

folder = sys.argv[1]
rows, width, iterations, threads, rounds = map(int, sys.argv[2:])
os.environ['OMP_NUM_THREADS'] = str(threads)

import lightgbm
import numpy
from sklearn.ensemble import HistGradientBoostingClassifier

random = numpy.random.default_rng(11)
x = random.normal(size=(rows, width))
y = (x[:, 0] * x[:, 1] + numpy.sin(2 * x[:, 2]) + random.normal(scale=0.5, size=rows) > 0).astype(numpy.float32)
x.tofile(os.path.join(folder, 'features.bin'))
y.tofile(os.path.join(folder, 'labels.bin'))

parameters = {
    'objective': 'binary',
    'learning_rate': 0.1,
    'num_leaves': 31,
    'min_data_in_leaf': 20,
    'max_bin': 255,
    'deterministic': True,
    'force_row_wise': True,
    'seed': 7,
    'num_threads': threads,
    'verbosity': -1,
}


def clock(work):
    began = time.perf_counter()
    result = work()
    return time.perf_counter() - began, result


def boosted():
    names = [f'Column_{at}' for at in range(width)]
    return lightgbm.train(parameters, lightgbm.Dataset(x, y, params=parameters, feature_name=names), iterations)


def histogram():
    return HistGradientBoostingClassifier(
        max_iter=iterations, learning_rate=0.1, max_leaf_nodes=31, min_samples_leaf=20, early_stopping=False
    ).fit(x, y)


boosted()
seconds = [clock(boosted) for _ in range(rounds)]
text = seconds[-1][1].model_to_string(num_iteration=-1)
text = re.sub(r'^\[num_threads: .*\]\n', '', text, flags=re.M)
text = re.sub(r'\npandas_categorical:.*\n?$', '', text)
print(
    json.dumps(
        {
            'lightgbm': [spent for spent, _ in seconds],
            'histogram': [clock(histogram)[0] for _ in range(rounds)],
            'model': hashlib.sha256(text.rstrip('\n').encode()).hexdigest(),
        }
    )
)
