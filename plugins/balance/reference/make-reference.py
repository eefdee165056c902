"""Counts, weights and shares by others, for `balance.test.ts` to compare with.

Run in the project's folder, with imbalanced-learn, scikit-learn, fairlearn and pandas installed:
    python3 plugins/balance/reference/make-reference.py
"""

import json
from importlib.metadata import version
from pathlib import Path

import numpy
import pandas
from fairlearn.metrics import MetricFrame, selection_rate
from imblearn.over_sampling import RandomOverSampler
from imblearn.under_sampling import RandomUnderSampler
from sklearn.linear_model import LogisticRegression
from sklearn.utils.class_weight import compute_class_weight

HERE = Path(__file__).parent
rows = pandas.read_csv(HERE / "../../../examples/penguins/data/penguins.csv")
species = rows["species"].to_numpy()
numbers = numpy.arange(len(rows)).reshape(-1, 1)


def counts(sampler) -> dict:
    _, resampled = sampler.fit_resample(numbers, species)
    return pandas.Series(resampled).value_counts().sort_index().to_dict()


binary = numpy.where(species == "Chinstrap", "yes", "no")


def binary_counts(sampler) -> dict:
    _, resampled = sampler.fit_resample(numbers, binary)
    return pandas.Series(resampled).value_counts().sort_index().to_dict()


classes = numpy.unique(species)
frame = MetricFrame(
    metrics=selection_rate,
    y_true=(species == "Chinstrap").astype(int),
    y_pred=(species == "Chinstrap").astype(int),
    sensitive_features=rows["island"],
)

# Kamiran and Calders' reweighing, by pandas.
known = rows.fillna({"sex": "(missing)"})
joint = known.groupby(["species", "sex"]).size()
reweighed = {
    f"{one},{sex}": float((known["species"] == one).sum() * (known["sex"] == sex).sum() / len(known) / n)
    for (one, sex), n in joint.items()
}

# A logistic regression with a weight for each row.
measured = rows.dropna(subset=["body_mass_g", "bill_length_mm"])
x = (measured[["body_mass_g", "bill_length_mm"]] - measured[["body_mass_g", "bill_length_mm"]].mean()) / measured[
    ["body_mass_g", "bill_length_mm"]
].std(ddof=0)
weight = 0.25 + (numpy.arange(len(measured)) % 5) / 4
fit = LogisticRegression(C=1.0, tol=1e-12, max_iter=10_000).fit(x, measured["species"], sample_weight=weight)

(HERE / "reference.json").write_text(
    json.dumps(
        {
            "made by": "make-reference.py",
            "versions": {name: version(name) for name in ["imbalanced-learn", "scikit-learn", "fairlearn", "pandas"]},
            "over": counts(RandomOverSampler(random_state=0)),
            "under": counts(RandomUnderSampler(random_state=0)),
            "over half": binary_counts(RandomOverSampler(sampling_strategy=0.5, random_state=0)),
            "under half": binary_counts(RandomUnderSampler(sampling_strategy=0.5, random_state=0)),
            "balanced": dict(zip(classes, compute_class_weight("balanced", classes=classes, y=species).tolist())),
            "rates": {str(island): float(rate) for island, rate in frame.by_group.items()},
            "difference": float(frame.difference()),
            "ratio": float(frame.ratio()),
            "reweighed": reweighed,
            "logistic": {
                "x": x.to_numpy().round(12).tolist(),
                "labels": measured["species"].tolist(),
                "weight": weight.tolist(),
                "probabilities": fit.predict_proba(x.to_numpy().round(12))[::40].tolist(),
            },
        }
    )
    + "\n"
)
