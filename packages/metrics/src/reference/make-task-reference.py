"""Reference figures for regression, quantiles, forecasting, several labels, ranking and embeddings.

    python3 -m venv venv && venv/bin/pip install scikit-learn==1.9.1 scipy==1.17.1 utilsforecast==0.2.17
    venv/bin/python make-task-reference.py > task-reference.json
"""
import json
import sys
import warnings

import numpy as np
import pandas as pd
import sklearn
import utilsforecast
from sklearn import metrics as m
from sklearn.neighbors import NearestNeighbors
from utilsforecast import losses

warnings.filterwarnings("ignore")


def regression(name, rows, noise, seed, offset=5.0):
    rng = np.random.default_rng(seed)
    truth = rng.normal(offset, 2, rows)
    predicted = truth + rng.normal(0.3, noise, rows)
    return {
        "name": name,
        "truth": truth.tolist(),
        "predicted": predicted.tolist(),
        "expected": {
            "mae": m.mean_absolute_error(truth, predicted),
            "rmse": m.root_mean_squared_error(truth, predicted),
            "mse": m.mean_squared_error(truth, predicted),
            "r2": m.r2_score(truth, predicted),
            "medianAbsoluteError": m.median_absolute_error(truth, predicted),
            "mape": m.mean_absolute_percentage_error(truth, predicted),
        },
    }


def quantiles(name, rows, levels, seed):
    rng = np.random.default_rng(seed)
    truth = rng.normal(0, 1, rows)
    predicted = np.quantile(rng.normal(0, 1.1, 4000), levels) + rng.normal(0, 0.1, (rows, len(levels)))
    each = [m.mean_pinball_loss(truth, predicted[:, k], alpha=q) for k, q in enumerate(levels)]
    frame = pd.DataFrame({"unique_id": "a", "y": truth, "low": predicted[:, 0], "high": predicted[:, -1]})
    inside = losses.coverage(frame.rename(columns={"low": "x-lo-80", "high": "x-hi-80"}), models=["x"], level=80)
    return {
        "name": name,
        "quantiles": levels,
        "truth": truth.tolist(),
        "predicted": predicted.ravel().tolist(),
        "each": each,
        "expected": {"pinball": float(np.mean(each)), "coverage": float(inside["x"].iloc[0])},
    }


def forecasting(name, rows, horizon, seed):
    rng = np.random.default_rng(seed)
    series = np.cumsum(rng.normal(0.1, 1, 60)) + 30
    truth = rng.normal(30, 3, (rows, horizon))
    predicted = truth + rng.normal(0, 2, (rows, horizon))
    frame = pd.DataFrame({"unique_id": "a", "ds": range(truth.size), "y": truth.ravel(), "x": predicted.ravel()})
    train = pd.DataFrame({"unique_id": "a", "ds": range(len(series)), "y": series})
    seasons = {s: losses.mase(frame, models=["x"], seasonality=s, train_df=train)["x"].iloc[0] for s in (1, 7)}
    return {
        "name": name,
        "horizon": horizon,
        "series": series.tolist(),
        "truth": truth.tolist(),
        "predicted": predicted.ravel().tolist(),
        "mase": {str(s): float(value) for s, value in seasons.items()},
        "expected": {
            "mae": float(losses.mae(frame, models=["x"])["x"].iloc[0]),
            "rmse": float(losses.rmse(frame, models=["x"])["x"].iloc[0]),
            # There from 0 to 1.
            "smape": 2 * float(losses.smape(frame, models=["x"])["x"].iloc[0]),
        },
    }


def multi_label(name, rows, classes, skill, seed, absent=None):
    rng = np.random.default_rng(seed)
    truth = (rng.random((rows, classes)) < 0.35).astype(int)
    if absent is not None:
        truth[:, absent] = 0
    p = np.clip(np.round(rng.random((rows, classes)) * (1 - skill) + skill * truth, 2), 0, 1)
    if absent is not None:
        p[:, absent] = 0
    predicted = (p >= 0.5).astype(int)
    present = [k for k in range(classes) if truth[:, k].any() or predicted[:, k].any()]
    return {
        "name": name,
        "classes": classes,
        "truth": truth.tolist(),
        "probabilities": p.ravel().tolist(),
        "expected": {
            "subsetAccuracy": m.accuracy_score(truth, predicted),
            "hamming": m.hamming_loss(truth, predicted),
            "f1.micro": m.f1_score(truth, predicted, average="micro"),
            "f1.macro": m.f1_score(truth, predicted, average="macro", labels=present),
            "f1.weighted": m.f1_score(truth, predicted, average="weighted"),
            "precision.micro": m.precision_score(truth, predicted, average="micro"),
            "precision.macro": m.precision_score(truth, predicted, average="macro", labels=present),
            "recall.micro": m.recall_score(truth, predicted, average="micro"),
            "recall.macro": m.recall_score(truth, predicted, average="macro", labels=present),
        },
    }


def reciprocal_rank(relevance, scores):
    """1 / place of the first relevant row: the least depth that covers one of the relevant rows."""
    depths = [m.coverage_error([np.eye(len(scores), dtype=int)[i]], [scores]) for i in np.flatnonzero(relevance)]
    return 1 / min(depths)


def ranking(name, groups, size, ties, seed, graded=True):
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(groups):
        relevance = rng.integers(0, 4 if graded else 2, size)
        if not relevance.any():
            relevance[0] = 1
        scores = relevance * 0.4 + rng.normal(size=size)
        found.append((relevance, np.round(scores, 0 if ties else 8)))
    mean = lambda of: float(np.mean([of(r, s) for r, s in found]))
    return {
        "name": name,
        "groups": [{"relevance": r.tolist(), "scores": s.tolist()} for r, s in found],
        "expected": {
            "ndcg": mean(lambda r, s: m.ndcg_score([r], [s])),
            "ndcg@5": mean(lambda r, s: m.ndcg_score([r], [s], k=5)),
            "ndcg@10": mean(lambda r, s: m.ndcg_score([r], [s], k=10)),
            "map": mean(lambda r, s: m.average_precision_score(r > 0, s)),
            "mrr": mean(lambda r, s: reciprocal_rank(r > 0, s)),
        },
    }


def embedding(name, rows, size, spread, seed):
    rng = np.random.default_rng(seed)
    centres = rng.normal(size=(4, size))
    labels = rng.integers(0, 4, rows)
    vectors = centres[labels] + rng.normal(0, spread, (rows, size))
    _, neighbours = NearestNeighbors(n_neighbors=11, metric="cosine", algorithm="brute").fit(vectors).kneighbors()
    alike = labels[neighbours] == labels[:, None]
    return {
        "name": name,
        "size": size,
        "labels": [f"c{label}" for label in labels],
        "vectors": vectors.ravel().tolist(),
        "expected": {f"recall@{k}": float(alike[:, :k].any(axis=1).mean()) for k in (1, 5, 10)},
    }


json.dump(
    {
        "madeBy": f"make-task-reference.py with scikit-learn {sklearn.__version__}, "
        f"utilsforecast {utilsforecast.__version__}, numpy {np.__version__}",
        "regression": [
            regression("an odd number of rows", 41, 0.5, 1),
            regression("an even number of rows, hardly better than the mean", 30, 4, 2),
            regression("truths below 0 too", 25, 1, 3, offset=0.0),
        ],
        "quantiles": [
            quantiles("an interval and a median", 60, [0.1, 0.5, 0.9], 4),
            quantiles("five quantiles", 45, [0.05, 0.25, 0.5, 0.75, 0.95], 5),
        ],
        "forecasting": [forecasting("one step", 20, 1, 6), forecasting("six steps", 15, 6, 7)],
        "multi-label": [
            multi_label("four classes", 50, 4, 0.4, 8),
            multi_label("hardly better than chance", 30, 3, 0.05, 9),
            multi_label("a class that never occurs", 30, 4, 0.4, 10, absent=2),
        ],
        "ranking": [
            ranking("graded", 12, 15, False, 11),
            ranking("graded, with equal scores", 12, 15, True, 12),
            ranking("relevant or not, with equal scores", 10, 8, True, 13, graded=False),
        ],
        "embedding": [embedding("apart", 40, 6, 1.5, 14), embedding("mixed", 50, 3, 2.0, 15)],
    },
    sys.stdout,
    indent=None,
)
print()
