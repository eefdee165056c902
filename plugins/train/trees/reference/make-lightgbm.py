"""What Python's lightgbm makes of the penguins: writes lightgbm.json beside this file.

    python3 make-lightgbm.py    # lightgbm 4.7.0, numpy 2.4.6

The model text is taken without the line of the threads and without the line that the Python package appends; predictions as
little-endian doubles, row after row.
"""

import csv
import hashlib
import json
import platform
import re
from pathlib import Path

import lightgbm
import numpy

here = Path(__file__).parent
table = here.parents[3] / 'examples' / 'penguins' / 'data' / 'penguins.csv'
FEATURES = ['island', 'bill_length_mm', 'bill_depth_mm', 'flipper_length_mm', 'body_mass_g', 'sex', 'year']
TEXT = ['island', 'sex', 'species']
SEED = 7


def column(rows, name):
    values = [row[name] for row in rows]
    if name not in TEXT:
        return numpy.array([float('nan') if value == 'NA' else float(value) for value in values])
    known = sorted({value for value in values if value != 'NA'})
    return numpy.array([float('nan') if value == 'NA' else float(known.index(value)) for value in values])


CASES = [
    ('two classes', 'sex', {'objective': 'binary'}),
    ('three classes', 'species', {'objective': 'multiclass', 'num_class': 3, 'num_iterations': 30}),
    ('numbers', 'body_mass_g', {'objective': 'regression', 'num_leaves': 7, 'lambda_l2': 1.5}),
    ('a quantile', 'body_mass_g', {'objective': 'quantile', 'alpha': 0.8, 'num_iterations': 40}),
    ('bagging and feature fraction', 'sex', {'objective': 'binary', 'bagging_fraction': 0.7, 'bagging_freq': 2, 'feature_fraction': 0.6}),
    ('dart', 'species', {'objective': 'multiclass', 'num_class': 3, 'boosting': 'dart', 'num_iterations': 40, 'drop_rate': 0.3}),
    ('a forest', 'sex', {'objective': 'binary', 'boosting': 'rf', 'bagging_fraction': 0.632, 'bagging_freq': 1, 'num_iterations': 60}),
    ('monotone', 'body_mass_g', {'objective': 'regression', 'monotone_constraints': 'rising flipper'}),
    ('goss', 'body_mass_g', {'objective': 'regression', 'data_sample_strategy': 'goss', 'num_threads': 1}),
]

with table.open() as file:
    everyone = list(csv.DictReader(file))

cases = []
for name, label, given in CASES:
    rows = [row for row in everyone if row[label] != 'NA']
    names = [feature for feature in FEATURES if feature != label]
    features = numpy.column_stack([column(rows, feature) for feature in names])
    categories = [names.index(feature) for feature in TEXT if feature in names]
    parameters = dict(given)
    if 'monotone_constraints' in parameters:
        parameters['monotone_constraints'] = [int(feature == 'flipper_length_mm') for feature in names]
    fixed = {'seed': SEED, 'deterministic': True, 'force_row_wise': True, 'verbosity': -1, 'num_threads': 2}
    used = {**fixed, **parameters}
    rounds = used.pop('num_iterations', 100)
    data = lightgbm.Dataset(features, label=column(rows, label), categorical_feature=categories, params=used, free_raw_data=False)
    booster = lightgbm.train(used, data, rounds)
    text = re.sub(r'^\[num_threads: .*\]\n', '', booster.model_to_string(), flags=re.M)
    text = re.sub(r'\npandas_categorical:.*\n', '', text)
    predicted = booster.predict(features)
    shap = booster.predict(features, pred_contrib=True)
    cases.append({
        'name': name,
        'label': label,
        'features': names,
        'categories': categories,
        'parameters': {**parameters, 'num_iterations': rounds},
        'model': hashlib.sha256(text.encode()).hexdigest(),
        'predictions': hashlib.sha256(predicted.astype('<f8').tobytes()).hexdigest(),
        'contributions': hashlib.sha256(shap.astype('<f8').tobytes()).hexdigest(),
        'first': predicted[:2].ravel().tolist(),
    })

versions = {'lightgbm': lightgbm.__version__, 'numpy': numpy.__version__, 'python': platform.python_version()}
(here / 'lightgbm.json').write_text(json.dumps({'versions': versions, 'seed': SEED, 'cases': cases}, indent=1) + '\n')
