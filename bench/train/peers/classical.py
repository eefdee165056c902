"""Five-fold cross-validation of scikit-learn's classical learners, on one thread.

    python classical.py FOLDER PENGUINS REPEATS [ONLY]

Writes to FOLDER/data.json the data sets with the folds of their rows, and prints as JSON, for each data set and learner, the figure of
each fold (accuracy, or R² for numbers) and the median time of a fit in ms of the processor. Features are standardised by the training rows of the
fold; neighbours are timed with their answers, since they fit nothing.
"""

import csv
import json
import os
import sys
import time
import warnings

os.environ.update(OMP_NUM_THREADS='1', OPENBLAS_NUM_THREADS='1')

import numpy
from sklearn import datasets
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.linear_model import Lasso, LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.naive_bayes import BernoulliNB, GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.svm import SVC, LinearSVC
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

warnings.filterwarnings('ignore')
folder, penguins, repeats = sys.argv[1], sys.argv[2], int(sys.argv[3])
only = sys.argv[4] if len(sys.argv) > 4 else ''


def held(model):
    """With the probabilities that ours have, from five held-out folds."""
    return CalibratedClassifierCV(model, method='sigmoid', cv=5, ensemble=False)


CLASSES = {
    'logistic': LogisticRegression(C=1, max_iter=1000),
    'logistic l1': LogisticRegression(solver='saga', C=1, l1_ratio=1, max_iter=100),
    'gaussian naive Bayes': GaussianNB(),
    'bernoulli naive Bayes': BernoulliNB(),
    'neighbours': KNeighborsClassifier(5),
    'linear svm': LinearSVC(C=1, max_iter=1000),
    'rbf svm': SVC(C=1),
    'decision tree': DecisionTreeClassifier(),
}
NUMBERS = {
    'ordinary': LinearRegression(),
    'ridge': Ridge(alpha=1),
    'lasso': Lasso(alpha=0.1),
    'neighbours': KNeighborsRegressor(5),
    'decision tree': DecisionTreeRegressor(min_samples_leaf=5),
}


def read_penguins():
    names = ['bill_length_mm', 'bill_depth_mm', 'flipper_length_mm', 'body_mass_g']
    with open(penguins, newline='') as file:
        rows = [row for row in csv.DictReader(file) if all(row[name] != 'NA' for name in names)]
    x = numpy.array([[float(row[name]) for name in names] for row in rows])
    species = sorted({row['species'] for row in rows})
    return x, numpy.array([species.index(row['species']) for row in rows])


def sets():
    for name, load in [
        ('iris', datasets.load_iris),
        ('wine', datasets.load_wine),
        ('breast cancer', datasets.load_breast_cancer),
        ('digits', datasets.load_digits),
    ]:
        x, y = load(return_X_y=True)
        yield name, x, y, CLASSES
    x, y = read_penguins()
    yield 'penguins', x, y, CLASSES
    yield 'penguins, their mass', x[:, :3], x[:, 3], NUMBERS
    x, y = datasets.load_diabetes(return_X_y=True, scaled=False)
    yield 'diabetes', x, y, NUMBERS


written, measured = [], []
for name, x, y, models in sets():
    if only not in name:
        continue
    folds = StratifiedKFold if models is CLASSES else KFold
    fold_of = numpy.zeros(len(y), dtype=int)
    for fold, (_, test) in enumerate(folds(5, shuffle=True, random_state=7).split(x, y)):
        fold_of[test] = fold
    written.append(
        {
            'name': name,
            'classes': int(y.max()) + 1 if models is CLASSES else None,
            'width': x.shape[1],
            'features': x.ravel().tolist(),
            'labels': y.tolist(),
            'folds': fold_of.tolist(),
        }
    )
    for learner, model in models.items():
        figures, times = [], []
        for fold in range(5):
            train, test = x[fold_of != fold], x[fold_of == fold]
            spread = train.std(axis=0)
            spread[spread == 0] = 1
            train, test = (train - train.mean(axis=0)) / spread, (test - train.mean(axis=0)) / spread
            known, truth = y[fold_of != fold], y[fold_of == fold]
            timed = held(model) if learner in ('linear svm', 'rbf svm') else model
            for _ in range(repeats):
                began = time.process_time()
                fitted = clone(timed).fit(train, known)
                if learner == 'neighbours':
                    fitted.predict(test)
                times.append((time.process_time() - began) * 1000)
            # What draws random numbers is measured as the mean of several.
            draws = 10 if 'random_state' in model.get_params() and learner == 'decision tree' else 1
            figures.append(
                float(
                    numpy.mean(
                        [
                            (clone(model).set_params(random_state=seed) if draws > 1 else clone(model))
                            .fit(train, known)
                            .score(test, truth)
                            for seed in range(draws)
                        ]
                    )
                )
            )
        measured.append({'set': name, 'learner': learner, 'figures': figures, 'ms': float(numpy.median(times))})

with open(os.path.join(folder, 'data.json'), 'w') as file:
    json.dump(written, file)
print(json.dumps(measured))
