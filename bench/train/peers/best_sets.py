"""Writes a data set of scikit-learn as two CSV files, three fourths to learn from: best_sets.py NAME SEED TRAIN TEST."""

import sys

from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits
from sklearn.model_selection import train_test_split

SETS = {"cancer": load_breast_cancer, "digits": load_digits, "diabetes": load_diabetes}
name, seed, train, test = sys.argv[1:]
frame = SETS[name](as_frame=True).frame
frame.columns = [column.replace(" ", "_") for column in frame.columns]
if name != "diabetes":
    frame["target"] = ["class %d" % value for value in frame["target"]]
parts = train_test_split(
    frame, test_size=0.25, random_state=int(seed), stratify=None if name == "diabetes" else frame["target"]
)
for part, path in zip(parts, (train, test)):
    part.to_csv(path, index=False)
