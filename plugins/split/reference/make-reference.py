"""What others make of the same rows, for `folds.test.ts` and `split.test.ts` to compare with.

Run in the project's folder, with scikit-learn installed:
    python3 plugins/split/reference/make-reference.py

`assignment`: the parts of rows by their identity, by hashlib alone. `time`: TimeSeriesSplit. `groups`: StratifiedGroupKFold.
"""

import hashlib
import json
import random
from pathlib import Path

import numpy
import sklearn
from sklearn.model_selection import StratifiedGroupKFold, TimeSeriesSplit

HERE = Path(__file__).parent


def place(domain: str, seed: int, unit: str) -> float:
    digest = hashlib.sha256(f"{domain} {seed} {unit}".encode()).hexdigest()
    return int(digest[:13], 16) / 2**52


def part(unit: str) -> str:
    at = place("split", 3, unit)
    return "test" if at < 0.2 else "validation" if at < 0.2 + 0.25 else "train"


rows = [f"k{i}" for i in range(200)]
assignment = {
    "seed": 3,
    "test": 0.2,
    "validation": 0.25,
    "parts": {row: part(f"row {row}") for row in rows},
    "folds": {row: int(place("inner folds", 0, f"row {row}") * 5) for row in rows},
}

time = [
    {"train": len(train), "trainLast": int(train[-1]), "validation": [int(held[0]), int(held[-1])]}
    for train, held in TimeSeriesSplit(n_splits=4, gap=3).split(numpy.arange(103))
]

# Groups of unlike size, each leaning to one class.
draw = random.Random(5)
groups, labels = [], []
for group in range(60):
    lean = draw.random()
    for _ in range(draw.randint(1, 25)):
        groups.append(group)
        labels.append(0 if draw.random() < lean * 0.6 else 1 if draw.random() < 0.7 else 2)
folds = StratifiedGroupKFold(n_splits=5).split(numpy.zeros(len(labels)), labels, groups)
counts = [[int(sum(1 for i in held if labels[i] == one)) for one in range(3)] for _, held in folds]

(HERE / "reference.json").write_text(
    json.dumps(
        {
            "made by": "make-reference.py",
            "versions": {"scikit-learn": sklearn.__version__, "numpy": numpy.__version__},
            "assignment": assignment,
            "time": {"rows": 103, "k": 4, "gap": 3, "folds": time},
            "groups": {"groups": groups, "labels": labels, "folds": counts},
        }
    )
    + "\n"
)
