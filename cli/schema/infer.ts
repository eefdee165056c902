import path from 'node:path';
import { mkdir } from 'node:fs/promises';
import { TrainyardError } from '@trainyard/errors';
import type { Json } from '../../core/json.js';
import { loadProject } from '../../project/project.js';
import { writeWhole } from '../../project/write-whole.js';
import { runAlone } from '../../worker/alone.js';
import { colours, note, print, printJson } from '../terminal.js';

export interface InferOptions {
  readonly name?: string;
  readonly out?: string;
  readonly most: string;
  readonly json?: boolean;
}

/** `trainyard schema infer`: reads a source as a pipeline would, in this process, and writes the schema of what it gave. */
export async function inferSchema(config: string | undefined, source: string, options: InferOptions): Promise<void> {
  const most = Number(options.most);
  if (!Number.isInteger(most) || most < 1)
    throw new TrainyardError('TY-USAGE', {
      what: `--most ${options.most} is no whole number from 1`,
      where: { field: '--most' },
    });
  const project = await loadProject(config);
  const of: Json = { kind: 'file', options: { path: source } };
  await runAlone(project, async ({ call, open }) => {
    const taken = await call('ingest.snapshot', { params: { source: of } });
    const table = await call('ingest.parse', { params: { of }, inputs: { source: taken } });
    const made = await open(
      await call('check.schema', { params: { name: options.name ?? nameOf(source), most }, inputs: { table } }),
    );
    const text = await made.text('schema.ts');
    if (options.out !== undefined) {
      await mkdir(path.dirname(path.resolve(options.out)), { recursive: true });
      await writeWhole(path.resolve(options.out), text);
    }
    if (options.json) return printJson(made.value);
    if (options.out === undefined) return print(text.trimEnd());
    const { rows, columns } = made.value as { rows: number; columns: number };
    note(`${colours.green('written')}: ${options.out}: ${columns} columns, as ${rows} rows hold them`);
  });
}

/** A constant's name after a file: `data/new-birds.csv` gives `newBirds`. */
function nameOf(source: string): string {
  const words =
    path
      .basename(source)
      .replace(/\..*$/, '')
      .match(/[A-Za-z0-9]+/g) ?? [];
  const name = words
    .map((word, i) => (i === 0 ? word[0]!.toLowerCase() + word.slice(1) : word[0]!.toUpperCase() + word.slice(1)))
    .join('');
  return /^[A-Za-z]/.test(name) ? name : `rows${name}`;
}
