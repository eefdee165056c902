"""A fitted pipeline of scikit-learn over one row at a time, as a service would call it: microseconds for each, as JSON."""
import json
import sys
import time

import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import KBinsDiscretizer, OneHotEncoder, StandardScaler

given = json.load(sys.stdin)
rows = pd.DataFrame(given["rows"])
columns = given["columns"]
for name in columns["numeric"] + columns["bins"]:
    rows[name] = pd.to_numeric(rows[name])
encoded = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
transform = ColumnTransformer(
    [
        ("numeric", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), columns["numeric"]),
        (
            "bins",
            make_pipeline(
                SimpleImputer(strategy="median"),
                KBinsDiscretizer(n_bins=8, encode="onehot-dense", quantile_method="averaged_inverted_cdf"),
            ),
            columns["bins"],
        ),
        ("categories", make_pipeline(SimpleImputer(strategy="most_frequent"), encoded), columns["categories"]),
        *((name, TfidfVectorizer(max_features=given["vocabulary"]), name) for name in columns["texts"]),
    ],
    sparse_threshold=0,
)
transform.fit(rows)
singles = [rows.iloc[[i]] for i in range(len(rows))]
for one in singles[:50]:
    transform.transform(one)
took = []
total = 0.0
for _ in range(given["rounds"]):
    for one in singles:
        start = time.perf_counter_ns()
        features = transform.transform(one)
        took.append((time.perf_counter_ns() - start) / 1000)
        total += float(features.sum())
print(json.dumps({"took": took, "width": int(features.shape[1]), "total": total}))
