"""The same table by hand in DuckDB."""

import sys

import duckdb
from measured import measured

task, source, target = sys.argv[1:]
NUMBERS = ["age", "amount", "visits", "score"]
NAMES = ["city", "channel"]
database = duckdb.connect()


def prepare():
    ask = lambda query: database.execute(query).fetchone()
    database.execute(
        f"""CREATE TABLE raw AS SELECT * EXCLUDE (place) FROM (
              SELECT *, row_number() OVER () AS place FROM read_csv('{source}', sample_size = 20480))
            QUALIFY row_number() OVER (PARTITION BY id ORDER BY place) = 1"""
    )
    medians = ask(f"SELECT {', '.join(f'median({name})' for name in NUMBERS)} FROM raw")
    modes = ask(f"SELECT {', '.join(f'mode({name})' for name in NAMES)} FROM raw")
    cells = [f"coalesce({name}, {value})::DOUBLE AS {name}" for name, value in zip(NUMBERS, medians)]
    cells += [f"coalesce({name}, '{value}') AS {name}" for name, value in zip(NAMES, modes)]
    database.execute(f"CREATE VIEW filled AS SELECT id, paid, {', '.join(cells)} FROM raw")
    found = ask(f"SELECT {', '.join(f'avg({name}), stddev_pop({name})' for name in NUMBERS)} FROM filled")
    features = [f"({name} - {found[2 * i]}) / {found[2 * i + 1]} AS {name}" for i, name in enumerate(NUMBERS)]
    for name in NAMES:
        for (value,) in database.execute(f"SELECT DISTINCT {name} FROM filled ORDER BY 1").fetchall():
            features.append(f"""({name} = '{value}')::INTEGER::DOUBLE AS "{name}_{value}" """)
    database.execute(
        f"COPY (SELECT {', '.join(features)}, id, paid FROM filled) TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
    )
    return ask("SELECT count(*) FROM filled")[0], len(features) + 2


def profile():
    """Less than ours: what SUMMARIZE gives, duplicates and correlations."""
    database.execute(f"CREATE VIEW given AS SELECT * EXCLUDE (_row) FROM '{source}'")
    rows = database.execute("SUMMARIZE given").fetchall()
    database.execute("SELECT count(*) FROM (SELECT DISTINCT * FROM given)").fetchall()
    pairs = [f"corr({a}, {b})" for a in NUMBERS for b in NUMBERS if a < b]
    database.execute(f"SELECT {', '.join(pairs)} FROM given").fetchall()
    for name in NAMES:
        database.execute(f"SELECT {name}, paid, count(*) FROM given GROUP BY ALL").fetchall()
    return database.execute("SELECT count(*) FROM given").fetchone()[0], len(rows)


measured(prepare if task == "prepare" else profile)
