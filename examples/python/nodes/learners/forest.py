import pickle

import sklearn
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline

import tables


def run(params, inputs, ctx):
    x, y, classes = tables.read(inputs["train"], params)
    ctx.log(f"scikit-learn {sklearn.__version__}: {len(y)} rows, {len(classes)} classes")
    forest = RandomForestClassifier(params["trees"], random_state=ctx.seed, n_jobs=ctx.threads)
    model = make_pipeline(SimpleImputer(strategy="median"), forest).fit(x, y)
    ctx.progress(0.8, "fitted")
    held, truth, _ = tables.read(inputs["validation"], params, classes)
    return tables.outputs(
        ctx, "random forest", classes, truth, model.predict(held), {"forest.pkl": pickle.dumps(model, protocol=5)}
    )
