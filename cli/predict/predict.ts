import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { CATALOGUE, TrainyardError, type Code } from '@trainyard/errors';
import { readAddresses } from '../../project/addresses.js';
import { loadConfig } from '../../project/project.js';
import { readKeys } from '../../server/index.js';
import { colours, print, printJson, table } from '../terminal.js';

export interface PredictOptions {
  row: string[];
  rows?: string;
  url?: string;
  json?: boolean;
}

const namedColumns = z.array(z.object({ row: z.number(), columns: z.array(z.string()) })).default([]);

const answerSchema = z.looseObject({
  model: z.string(),
  version: z.number(),
  requestId: z.string(),
  predictions: z.array(z.looseObject({ label: z.string(), probabilities: z.record(z.string(), z.number()) })),
  unknown: namedColumns,
  short: namedColumns,
});
const problemSchema = z.looseObject({
  code: z.string().optional(),
  detail: z.string(),
  where: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  expected: z.string().optional(),
  actual: z.string().optional(),
  remedy: z.string().optional(),
});

/** Longest wait for a prediction, ms. */
const PREDICTION_MS = 15_000;

/** Rows with an unknown value that are told of. */
const UNKNOWN_SHOWN = 10;

/** `trainyard predict`: the HTTP interface that programs use. */
export async function predict(config: string | undefined, endpoint: string, options: PredictOptions): Promise<void> {
  const rows = await readRows(options);
  const { url, key } = options.url === undefined ? await serverOf(config) : { url: options.url, key: undefined };
  const answer = answerSchema.parse(
    await post(`${url}/v1/endpoints/${encodeURIComponent(endpoint)}/predict`, { rows }, key),
  );
  if (options.json) return printJson(answer);
  const cells = answer.predictions.map(({ label, probabilities }) => [
    label,
    Object.entries(probabilities)
      .sort((a, b) => b[1] - a[1])
      .map(([name, value]) => `${name} ${value.toFixed(3)}`)
      .join(', '),
  ]);
  print(table(['prediction', 'probabilities'], cells, { most: 100 }));
  for (const { row, columns } of answer.unknown.slice(0, UNKNOWN_SHOWN))
    print(colours.yellow(`row ${row}: training did not have the value of ${columns.join(', ')}`));
  for (const { row, columns } of answer.short.slice(0, UNKNOWN_SHOWN))
    print(colours.yellow(`row ${row}: fewer earlier rows came along than ${columns.join(', ')} look back at`));
  print(colours.dim(`\n${answer.model} version ${answer.version}, request ${answer.requestId}`));
}

async function readRows(options: PredictOptions): Promise<unknown[]> {
  const rows = options.row.map((text) => parse(text, '--row'));
  if (options.rows !== undefined) {
    const file = options.rows;
    const text = await readFile(file, 'utf8').catch((cause: unknown) => {
      throw new TrainyardError('TY-USAGE', { what: 'the file with the rows cannot be read', where: { file }, cause });
    });
    const read = parse(text, file);
    rows.push(...(Array.isArray(read) ? (read as unknown[]) : [read]));
  }
  if (rows.length > 0) return rows;
  throw new TrainyardError('TY-USAGE', {
    what: 'no row to predict for',
    expected: `--row '{"column": value, …}', or --rows FILE`,
  });
}

function parse(text: string, field: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TrainyardError('TY-USAGE', {
      what: `a row is not JSON: ${(cause as Error).message}`,
      where: { field },
      expected: '{"column": value, …}',
      cause,
    });
  }
}

/** The project's own server, and a key of it where there is one: beyond this machine it asks for it. */
async function serverOf(config: string | undefined): Promise<{ url: string; key: string | undefined }> {
  const { state } = await loadConfig(config);
  const url = readAddresses(state)?.server;
  if (url !== undefined) {
    const keys = await readKeys(path.join(state, 'keys.json')).catch(() => []);
    return { url, key: keys[0]?.key };
  }
  throw new TrainyardError('TY-ENDPOINT-NOT-READY', {
    what: 'it is not known where the server is: neither trainyard dev nor trainyard serve was started here',
    remedy: 'start one of them, or name the server: --url http://host:port',
  });
}

async function post(url: string, body: unknown, key: string | undefined): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        connection: 'close',
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PREDICTION_MS),
    });
  } catch (cause) {
    throw new TrainyardError('TY-ENDPOINT-NOT-READY', {
      what: `the server does not answer at ${new URL(url).origin}`,
      remedy: 'start trainyard dev, or correct --url',
      cause,
    });
  }
  const text = await response.text();
  if (response.ok) return JSON.parse(text) as unknown;
  const problem = problemSchema.safeParse(readJson(text));
  if (!problem.success)
    throw new TrainyardError('TY-ENDPOINT-NOT-READY', { what: `the server answered with status ${response.status}` });
  const { code, detail, where, expected, actual, remedy } = problem.data;
  throw new TrainyardError(code !== undefined && code in CATALOGUE ? (code as Code) : 'TY-ENDPOINT-UNKNOWN', {
    what: detail,
    where,
    expected,
    actual,
    ...(remedy === undefined ? {} : { remedy }),
  });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
