"""Fits the pipeline of the peers on the rows that ours is trained on, and keeps it for FastAPI and for MLflow."""

import sys

import joblib
import mlflow
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

source, folder, numeric, categorical, label = sys.argv[1:6]
numeric, categorical = numeric.split(","), categorical.split(",")
rows = pd.read_csv(source)


def fitted(numbers, categories, table):
    model = make_pipeline(
        ColumnTransformer(
            [
                ("numbers", make_pipeline(SimpleImputer(), StandardScaler()), numbers),
                ("categories", OneHotEncoder(handle_unknown="ignore"), categories),
            ]
        ),
        LogisticRegression(max_iter=1000),
    )
    return model.fit(table, rows[label])


columns = numeric + categorical
mlflow.sklearn.save_model(
    fitted(numeric, categorical, rows[columns]), f"{folder}/mlflow", serialization_format="cloudpickle"
)
places = list(range(len(columns)))
arrays = fitted(places[: len(numeric)], places[len(numeric) :], rows[columns].to_numpy(dtype=object))
joblib.dump(arrays, f"{folder}/arrays.joblib")
