"""Features of the penguins by scikit-learn, for `fit.test.ts` to compare with.

Run in the project's folder, with pandas and scikit-learn installed:
    python3 plugins/features/reference/make-sklearn.py
"""

import json
from pathlib import Path

import pandas
import sklearn
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, RobustScaler, StandardScaler

HERE = Path(__file__).parent
rows = pandas.read_csv(HERE / "../../../examples/penguins/data/penguins.csv")

transform = ColumnTransformer(
    [
        ("standard", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), ["bill_length_mm", "bill_depth_mm"]),
        # Range and quartiles are of the values present, as in features.fit; filling comes after.
        ("min-max", make_pipeline(MinMaxScaler(), SimpleImputer(strategy="mean")), ["flipper_length_mm"]),
        ("robust", make_pipeline(RobustScaler(), SimpleImputer(strategy="median")), ["body_mass_g"]),
        ("one-hot", OneHotEncoder(sparse_output=False), ["island"]),
        ("one-hot with missing", make_pipeline(SimpleImputer(strategy="constant", fill_value="~"), OneHotEncoder(sparse_output=False)), ["sex"]),
    ]
)
features = transform.fit_transform(rows)
step = 7
(HERE / "sklearn.json").write_text(
    json.dumps(
        {
            "made by": "make-sklearn.py",
            "versions": {"scikit-learn": sklearn.__version__, "pandas": pandas.__version__},
            "step": step,
            "features": features[::step].tolist(),
        }
    )
    + "\n"
)
