import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  DuckDBListValue,
  DuckDBScalarFunction,
  LIST,
  VARCHAR,
  type DuckDBType,
} from '@duckdb/node-api';
import type { SqlFunction, SqlFunctionType } from './sql-function.js';

const TYPES: Readonly<Record<SqlFunctionType, DuckDBType>> = {
  number: DOUBLE,
  integer: BIGINT,
  text: VARCHAR,
  boolean: BOOLEAN,
  numbers: LIST(DOUBLE),
};

/** A function of ours as the database calls it, batch by batch, in this thread. */
export function scalarFunction({ name, takes, gives, run }: SqlFunction): DuckDBScalarFunction {
  const call = run as (...cells: unknown[]) => number | string | boolean | null;
  return DuckDBScalarFunction.create({
    name,
    returnType: TYPES[gives],
    parameterTypes: takes.map((type) => TYPES[type]),
    // Missing arguments come to the function too: what it makes of them is for it to say.
    specialHandling: true,
    mainFunction: (_, input, output) => {
      const vectors = takes.map((_, at) => input.getColumnVector(at));
      for (let row = 0; row < input.rowCount; row++) {
        const given = call(...vectors.map((vector) => argument(vector.getItem(row))));
        output.setItem(row, gives === 'integer' && given !== null ? BigInt(given) : given);
      }
      output.flush();
    },
  });
}

function argument(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  return value instanceof DuckDBListValue ? value.items : value;
}
