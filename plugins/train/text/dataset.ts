import { UserError } from '@trainyard/errors';
import { id, openTable, requireColumn, sql, withDatabase } from '@trainyard/tables';
import type { InputArtifact } from '../../../worker/index.js';
import type { Dataset } from '../dataset.js';
import { labelOf } from '../row-cells.js';
import { writeCodes } from './registry.js';
import type { Tokenizer } from './tokenizer.js';

/** Rows of a table: a text and a class each. */
export interface Texts {
  /** null where one is missing. */
  readonly texts: readonly (string | null)[];
  /** Index of each row's class. */
  readonly labels: Int32Array;
  /** Names of the classes, sorted by code unit. */
  readonly classes: readonly string[];
}

export interface TextRequest {
  readonly table: InputArtifact;
  readonly column: string;
  readonly label: string;
  /** Which part of the data it is, for messages: `train`, `validation`. */
  readonly part: string;
  /** The classes that may occur; without them those that do occur. */
  readonly classes?: readonly string[];
  readonly scratch: string;
}

/**
 * Reads texts and their classes. Throws a UserError where a column is missing, the one of texts holds something else or nothing at all, a
 * row has no label or one of a class that is not allowed, or there are no rows.
 */
export async function readTexts(request: TextRequest): Promise<Texts> {
  const { table, column, label, part, scratch } = request;
  return withDatabase({ scratch }, async (database) => {
    const columns = await openTable(database, 'data', table);
    const { type } = requireColumn(columns, column, `the text of ${part}`);
    if (type !== 'text')
      throw new UserError(`column "${column}" of the table "${part}" holds ${type}, not text`, {
        where: { port: part, column },
        remedy: 'name a column of text; numbers and categories are for features.fit and the other trainers',
      });
    requireColumn(columns, label, `the label of ${part}`);
    if (label === column)
      throw new UserError(`column "${label}" is the label and the text at once`, { where: { field: 'label', column } });
    const texts: (string | null)[] = [];
    const names: string[] = [];
    for await (const batch of database.columnBatches(sql`SELECT ${id(column)}, ${id(label)} FROM data`)) {
      const [said = [], labels = []] = batch.columns;
      for (let row = 0; row < batch.rows; row++) {
        names.push(labelOf(labels[row], names.length, request));
        texts.push((said[row] as string | null | undefined) ?? null);
      }
    }
    if (names.length === 0) throw new UserError(`the table "${part}" has no rows`, { where: { port: part } });
    if (texts.every((text) => text === null || text.trim() === ''))
      throw new UserError(`no row of the table "${part}" has a text`, { where: { port: part, column } });
    const classes = request.classes ?? [...new Set(names)].sort();
    const places = new Map(classes.map((name, k) => [name, k]));
    return { texts, labels: Int32Array.from(names, (name) => places.get(name)!), classes };
  });
}

/** Rows that are kept as they came. */
const SAMPLE = 20;

/** Texts as a learner takes them: `steps` codes a row. */
export function codesOf({ texts, ...rest }: Texts, column: string, tokenizer: Tokenizer, steps: number): Dataset {
  const features = new Float64Array(texts.length * steps);
  texts.forEach((text, row) => writeCodes(tokenizer, text, steps, features, row * steps));
  const step = Math.max(1, Math.floor(texts.length / SAMPLE));
  const sample = texts.filter((_, row) => row % step === 0).slice(0, SAMPLE);
  return {
    ...rest,
    rows: texts.length,
    width: steps,
    features,
    ranges: {},
    sample: sample.map((text) => ({ [column]: text })),
  };
}
