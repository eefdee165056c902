"""Tables as the learners take them, and answers as the next node takes them."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from trainyard import UserError


def read(table, params, classes=None):
    """Features as floats, NaN where a value is missing, and the number of each row's class."""
    rows = pq.read_table(table.path())
    missing = [name for name in [*params["features"], params["label"]] if name not in rows.column_names]
    if missing:
        raise UserError(
            f"the table has no column {', '.join(missing)}",
            expected=f"columns {', '.join([*params['features'], params['label']])}",
            actual=", ".join(rows.column_names),
            column=missing[0],
        )
    x = np.column_stack([rows[name].cast("float64").to_numpy(zero_copy_only=False) for name in params["features"]])
    labels = np.asarray(rows[params["label"]].to_pylist())
    known = sorted(set(labels)) if classes is None else classes
    unknown = sorted(set(labels) - set(known))
    if unknown:
        raise UserError(f"no training row has the class {unknown[0]!r}", column=params["label"])
    return x, np.searchsorted(known, labels), known


def outputs(ctx, learner, classes, truth, answers, model):
    """What both learners give: figures, a table of answers, and the model's file."""
    file = ctx.scratch / "data.parquet"
    table = pa.table({"truth": [classes[i] for i in truth], "answer": [classes[i] for i in answers]})
    pq.write_table(table, file)
    return {
        "figures": {
            "value": {"accuracy": float(np.mean(truth == answers)), "rows": len(truth), "learner": learner}
        },
        "answers": {"value": {"rows": len(truth)}, "files": {"data.parquet": file}},
        "model": {"files": model},
    }
