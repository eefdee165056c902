"""The same table by hand in polars."""

import sys

import polars as pl
from measured import measured

task, source, target = sys.argv[1:]
NUMBERS = ["age", "amount", "visits", "score"]
NAMES = ["city", "channel"]


def prepare():
    table = pl.read_csv(source, infer_schema_length=10_000).unique("id", keep="first", maintain_order=True)
    table = table.with_columns(
        *(pl.col(name).fill_null(pl.col(name).median()).cast(pl.Float64) for name in NUMBERS),
        *(pl.col(name).fill_null(pl.col(name).drop_nulls().mode().min()) for name in NAMES),
    )
    features = table.select(
        *((pl.col(name) - pl.col(name).mean()) / pl.col(name).std(ddof=0) for name in NUMBERS),
        *(
            (pl.col(name) == value).cast(pl.Float64).alias(f"{name}_{value}")
            for name in NAMES
            for value in table[name].unique().sort()
        ),
        "id",
        "paid",
    )
    features.write_parquet(target, compression="zstd")
    return features.shape


def profile():
    """Less than ours: no warnings, target, mutual information or page."""
    table = pl.read_parquet(source).drop("_row")
    table.describe(percentiles=[0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99])
    table.null_count(), table.select(pl.all().n_unique()), table.is_duplicated().sum()
    numbers = table.select(NUMBERS)
    numbers.select(pl.all().skew()), numbers.select(pl.all().kurtosis())
    for method in ["pearson", "spearman"]:
        table.select(pl.corr(a, b, method=method).alias(f"{a} {b}") for a in NUMBERS for b in NUMBERS if a < b)
    for name in NAMES:
        table[name].value_counts(), table.group_by(name, "paid").len()
    return table.shape


measured(prepare if task == "prepare" else profile)
