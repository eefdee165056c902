"""Reference figures of fairness, by fairlearn.

    python3 -m venv venv && venv/bin/pip install fairlearn==0.15.0 scikit-learn==1.9.1
    venv/bin/python make-fairness.py > fairness.json
"""
import json
import sys

import fairlearn
import numpy as np
from fairlearn import metrics as f
from sklearn.metrics import accuracy_score, precision_score


def case(name, rows, groups, seed):
    rng = np.random.default_rng(seed)
    group = rng.integers(0, groups, rows)
    truth = (rng.random(rows) < 0.35 + 0.08 * group).astype(int)
    selected = (rng.random(rows) < np.where(truth == 1, 0.75 - 0.07 * group, 0.2 + 0.05 * group)).astype(int)
    frame = f.MetricFrame(
        metrics={
            "selectionRate": f.selection_rate,
            "truePositiveRate": f.true_positive_rate,
            "falsePositiveRate": f.false_positive_rate,
            "precision": precision_score,
            "accuracy": accuracy_score,
        },
        y_true=truth,
        y_pred=selected,
        sensitive_features=group,
    )
    of = {"y_true": truth, "y_pred": selected, "sensitive_features": group}
    precision = frame.by_group["precision"]
    return {
        "name": name,
        "groups": groups,
        "truth": truth.tolist(),
        "selected": selected.tolist(),
        "group": group.tolist(),
        "rates": [{k: float(v) for k, v in row.items()} for row in frame.by_group.to_dict("records")],
        "gaps": {
            "selectionRate": f.demographic_parity_difference(**of),
            "equalOpportunity": f.equal_opportunity_difference(**of),
            "equalisedOdds": f.equalized_odds_difference(**of),
            "predictiveParity": float(precision.max() - precision.min()),
        },
        "ratio": f.demographic_parity_ratio(**of),
    }


json.dump(
    {
        "madeBy": f"make-fairness.py with fairlearn {fairlearn.__version__}",
        "cases": [case("two groups", 120, 2, 41), case("five groups", 400, 5, 42)],
    },
    sys.stdout,
)
print()
