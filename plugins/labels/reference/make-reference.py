"""Likely label errors by cleanlab, for labels.test.ts: python make-reference.py > reference.json

cleanlab 2.7.1, numpy 1.26 or 2, Python 3.11.
"""

import json
import sys

import cleanlab
import numpy as np
from cleanlab.count import compute_confident_joint
from cleanlab.filter import find_label_issues

CASES = [(300, 3, 0.1, 3.0), (400, 5, 0.2, 2.0), (200, 2, 0.05, 2.5), (250, 4, 0.3, 1.0)]


def case(seed, rows, classes, noise, sharpness):
    random = np.random.default_rng(seed)
    truth = random.integers(0, classes, rows)
    scores = random.normal(size=(rows, classes))
    scores[np.arange(rows), truth] += sharpness
    p = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
    p = np.round(p, 6)
    given = truth.copy()
    flipped = random.random(rows) < noise
    given[flipped] = (given[flipped] + random.integers(1, classes, flipped.sum())) % classes
    issues = find_label_issues(
        given, p, filter_by="prune_by_noise_rate", return_indices_ranked_by="normalized_margin", n_jobs=1
    )
    return {
        "classes": classes,
        "truth": truth.tolist(),
        "given": given.tolist(),
        "probabilities": p.tolist(),
        "joint": compute_confident_joint(given, p, calibrate=False).tolist(),
        "issues": issues.tolist(),
    }


json.dump(
    {
        "cleanlab": cleanlab.__version__,
        "numpy": np.__version__,
        "cases": [case(seed, *spec) for seed, spec in enumerate(CASES)],
    },
    sys.stdout,
    separators=(",", ":"),
)
print()
