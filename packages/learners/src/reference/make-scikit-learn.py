"""What scikit-learn makes of its own small data sets: writes scikit-learn.json beside this file.

    python3 make-scikit-learn.py    # scikit-learn 1.9.1, numpy 2.4.6

Solvers run to tolerances far below what the tests ask for. Wherever `z` stands, features have mean 0 and variance 1.
"""

import json
import platform
import warnings
from pathlib import Path

import numpy
import sklearn
from sklearn import datasets
from sklearn.calibration import _sigmoid_calibration
from sklearn.cluster import KMeans
from sklearn.linear_model import ElasticNet, Lasso, LinearRegression, LogisticRegression, Ridge
from sklearn.naive_bayes import BernoulliNB, GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

warnings.filterwarnings('ignore')


def z(x):
    return (x - x.mean(axis=0)) / x.std(axis=0)


def flat(x):
    return numpy.asarray(x, dtype=float).ravel().tolist()


iris, wine, diabetes = datasets.load_iris(), datasets.load_wine(), datasets.load_diabetes(scaled=False)
wine_z, diabetes_z = z(wine.data), z(diabetes.data)
weights = 0.5 + (numpy.arange(len(diabetes.target)) % 4) / 2
rows = numpy.arange(0, 178, 7)


def line(model, x, y, **given):
    model.fit(x, y, **given)
    return {'coefficients': flat(model.coef_), 'intercept': float(model.intercept_)}


n = len(diabetes.target)
tight = {'tol': 1e-13, 'max_iter': 1_000_000}
twice = numpy.hstack([diabetes_z[:, :4], diabetes_z[:, :2], numpy.ones((n, 1))])
linear = {
    'ordinary': line(LinearRegression(), diabetes_z, diabetes.target),
    'weighted': line(LinearRegression(), diabetes_z, diabetes.target, sample_weight=weights),
    'unscaled': line(LinearRegression(), diabetes.data, diabetes.target),
    'dependent': line(LinearRegression(), twice, diabetes.target),
    'wide': line(LinearRegression(), diabetes_z[:6], diabetes.target[:6]),
    'ridge': line(Ridge(alpha=7), diabetes_z, diabetes.target),
    'ridge weighted': line(Ridge(alpha=7), diabetes_z, diabetes.target, sample_weight=weights),
    'ridge wide': line(Ridge(alpha=7), diabetes_z[:6], diabetes.target[:6]),
    'lasso': line(Lasso(alpha=2, **tight), diabetes_z, diabetes.target),
    'elastic net': line(ElasticNet(alpha=0.5, l1_ratio=0.3, **tight), diabetes_z, diabetes.target),
}


def logistic(y, x, l1, l2):
    c = 1 / (l1 + l2)
    model = LogisticRegression(solver='saga', C=c, l1_ratio=l1 / (l1 + l2), tol=1e-13, max_iter=1_000_000)
    model.fit(x, y)
    return {'coefficients': flat(model.coef_.T), 'probabilities': flat(model.predict_proba(x[::7]))}


first_two = wine.target < 2
sparse_logistic = {
    'three classes, l1 2': {'classes': 3, 'l1': 2, 'l2': 0, **logistic(wine.target, wine_z, 2, 0)},
    'three classes, l1 1, l2 3': {'classes': 3, 'l1': 1, 'l2': 3, **logistic(wine.target, wine_z, 1, 3)},
    'two classes, l1 2': {'classes': 2, 'l1': 2, 'l2': 0, **logistic(wine.target[first_two], wine_z[first_two], 2, 0)},
}

bayes = {
    'gaussian': flat(GaussianNB().fit(wine.data, wine.target).predict_proba(wine.data[rows])),
    'multinomial': flat(MultinomialNB(alpha=0.5).fit(wine.data, wine.target).predict_proba(wine.data[rows])),
    'bernoulli': flat(BernoulliNB(alpha=2, binarize=0.1).fit(wine_z, wine.target).predict_proba(wine_z[rows])),
    'gaussian weighted': flat(
        GaussianNB().fit(wine.data, wine.target, sample_weight=weights[:178]).predict_proba(wine.data[rows])
    ),
}

neighbours = {
    'uniform': flat(KNeighborsClassifier(5).fit(wine_z[::2], wine.target[::2]).predict_proba(wine_z[rows])),
    'distance': flat(
        KNeighborsClassifier(7, weights='distance').fit(wine_z[::2], wine.target[::2]).predict_proba(wine_z[rows])
    ),
    'manhattan': flat(
        KNeighborsClassifier(4, metric='manhattan').fit(wine_z[::2], wine.target[::2]).predict_proba(wine_z[rows])
    ),
    'numbers': flat(
        KNeighborsRegressor(6, weights='distance').fit(diabetes_z[::2], diabetes.target[::2]).predict(diabetes_z[:40])
    ),
}

margin = LinearSVC(C=0.7, tol=1e-12, max_iter=10_000_000, random_state=0).fit(wine_z, wine.target)
vectors = {'linear': {'coefficients': flat(margin.coef_), 'intercepts': flat(margin.intercept_)}}
for name, given in {
    'rbf': {'kernel': 'rbf', 'C': 2.0},
    'poly': {'kernel': 'poly', 'degree': 2, 'coef0': 1.0, 'gamma': 0.1},
    'sigmoid': {'kernel': 'sigmoid', 'gamma': 0.02, 'coef0': 0.5},
}.items():
    model = SVC(tol=1e-10, decision_function_shape='ovo', **given).fit(wine_z, wine.target)
    vectors[name] = {
        'gamma': float(model._gamma),
        'counts': model.n_support_.tolist(),
        'decisions': flat(model.decision_function(wine_z[rows])),
        'labels': model.predict(wine_z[rows]).tolist(),
    }
decisions = wine_z[:, 0] * 2
a, b = _sigmoid_calibration(decisions, (wine.target == 0).astype(int))
sigmoid = {'slope': float(a), 'offset': float(b)}

tree_rows = rows
trees = {
    'classes': flat(DecisionTreeClassifier(max_depth=3, random_state=0).fit(wine.data, wine.target).predict_proba(wine.data[rows])),
    'numbers': flat(
        DecisionTreeRegressor(max_depth=4, min_samples_leaf=5, random_state=0)
        .fit(diabetes.data, diabetes.target, sample_weight=weights)
        .predict(diabetes.data[:60])
    ),
}

clusters = {
    'iris': float(KMeans(3, n_init=50, tol=0, random_state=0).fit(iris.data).inertia_),
    'wine': float(KMeans(3, n_init=50, tol=0, random_state=0).fit(wine_z).inertia_),
}

(Path(__file__).parent / 'scikit-learn.json').write_text(
    json.dumps(
        {
            'versions': {
                'scikit-learn': sklearn.__version__,
                'numpy': numpy.__version__,
                'python': platform.python_version(),
            },
            'data': {
                name: {'width': data.data.shape[1], 'features': flat(data.data), 'labels': flat(data.target)}
                for name, data in {'iris': iris, 'wine': wine, 'diabetes': diabetes}.items()
            },
            'rows': rows.tolist(),
            'linear': linear,
            'logistic': sparse_logistic,
            'bayes': bayes,
            'neighbours': neighbours,
            'vectors': vectors,
            'sigmoid': sigmoid,
            'trees': trees,
            'clusters': clusters,
        }
    )
    + '\n'
)
