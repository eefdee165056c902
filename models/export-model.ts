import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { TrainyardError, UserError } from '@trainyard/errors';
import type { TruthCell } from '@trainyard/metrics';
import { applyTransformToRows, featureNames, throughRules, type FeatureRow } from '@trainyard/transforms';
import { partsOnHand, type PartsOnHand } from '../core/provided-parts.js';
import { MODEL_FILES, parseCard } from './card.js';
import { largestDifference } from './difference.js';
import type { ExportFormat, PortableModel, Precision, WrittenExport } from './export-format.js';
import { judgeLoss, labelsOf, lossOf, type Loss } from './export-loss.js';
import { openModel } from './open.js';
import type { Predictor } from './predictor.js';
import { kindOnHand } from './provided-kinds.js';
import { requestRow } from './request-row.js';
import { readSample } from './sample.js';
import { filesOf, type ModelSource } from './source.js';

export interface ExportOptions {
  readonly source: ModelSource;
  /** Name of the format. */
  readonly format: string;
  /** Folder to write: it must not be there. */
  readonly to: string;
  /** Folder of the project, where runtimes of formats are looked for. */
  readonly project: string;
  /** Rows to compare on beside the model's own sample, as requests bring them. */
  readonly rows?: readonly FeatureRow[] | undefined;
  /** Weights of less precision: `rows` must bring the label then, for what that costs is measured on them. */
  readonly precision?: Precision | undefined;
  /** How much of the task's first figure a lower precision may cost: of a figure that is better when larger, else as a share of it. Default 0.01. */
  readonly maxLoss?: number | undefined;
  readonly parts?: PartsOnHand | undefined;
}

/** What was written, and how near it comes. */
export interface Exported {
  readonly format: string;
  readonly files: readonly string[];
  /** What opened it. */
  readonly runtime: string;
  /** Rows that both have answered. */
  readonly rows: number;
  /** Largest difference of a number of an answer, in units of the larger of it and 1. */
  readonly difference: number;
  /** How large it may be; undefined where the loss of the figure decides. */
  readonly tolerance?: number;
  readonly precision?: Precision;
  /** What a lower precision costs. */
  readonly loss?: Loss;
}

/** Format of the manifest beside the exported files. */
const MANIFEST = { file: 'export.json', format: 'trainyard.export/1' } as const;
const SAMPLE_FILE = 'features-sample.json';

/** The formats on hand, by name. */
export async function exportFormatsOf(parts: PartsOnHand | undefined = partsOnHand()): Promise<ExportFormat[]> {
  const names = [...((await parts?.names('export format')) ?? [])].sort();
  const found = await Promise.all(names.map((name) => parts!.find('export format', name)));
  return found.filter((part) => part !== undefined) as ExportFormat[];
}

/**
 * Gives a model away in a format of another tool: writes it, opens what was written with that tool's own runtime, and lets both answer
 * the same rows before the folder stands at its place. Beside the format's files it holds the transform that rows go through before,
 * a sample of features with answers, and a manifest that says what goes in and comes out. Throws a UserError for an unknown format, a
 * model that it cannot take (with those that can), a runtime that is missing and a folder that is there; TY-EXPORT-UNFIT where the
 * answers differ by more than the format allows.
 */
export async function exportModel(options: ExportOptions): Promise<Exported> {
  const { source, to, project, parts } = options;
  if (existsSync(to))
    throw new UserError('the folder is there already', { where: { file: to }, remedy: 'name another, or remove it' });
  const formats = await exportFormatsOf(parts);
  const format = formats.find(({ name }) => name === options.format);
  if (!format)
    throw new UserError(`there is no export format "${options.format}"`, {
      where: { field: 'format' },
      expected: formats.map(({ name, title }) => `${name}: ${title}`).join('; '),
    });
  const predictor = await openModel(source, parts);
  const files = filesOf(source);
  try {
    const model = await portableOf(predictor, files, parts);
    const refused = format.refuses(model);
    if (refused !== undefined) throw cannot(predictor, format, refused, formats, model);
    const { precision, rows = [] } = options;
    refusePrecision(format, precision, formats);
    const labels = precision === undefined ? undefined : labelsOf(predictor.card.task, rows);
    const sample = readSample(await files.text(MODEL_FILES.sample)).rows;
    const features = featuresOf(predictor, sample, rows);
    const written = await format.write(model, { project, precision });
    await mkdir(path.dirname(path.resolve(to)), { recursive: true });
    const draft = await mkdtemp(`${path.resolve(to)}.`);
    try {
      for (const [name, content] of Object.entries(written.files)) await writeFile(path.join(draft, name), content);
      const compared = await compare({ predictor, format, model, written, draft, project, labels, options }, features);
      const exported = { format: format.name, files: Object.keys(written.files), ...compared.exported };
      const example = requestRow(predictor.card, predictor.transform, sample) ?? null;
      await writeFile(
        path.join(draft, MANIFEST.file),
        `${JSON.stringify({ ...manifestOf(predictor, model, written, exported), example }, null, 2)}\n`,
      );
      await writeFile(path.join(draft, MODEL_FILES.transform), await files.text(MODEL_FILES.transform));
      await writeFile(path.join(draft, SAMPLE_FILE), `${JSON.stringify(compared.sample)}\n`);
      await rename(draft, to);
      return exported;
    } catch (error) {
      await rm(draft, { recursive: true, force: true });
      throw error;
    }
  } finally {
    await files.dispose();
    await predictor.dispose();
  }
}

function refusePrecision(
  format: ExportFormat,
  precision: Precision | undefined,
  formats: readonly ExportFormat[],
): void {
  if (precision === undefined || format.precisions?.includes(precision)) return;
  const can = formats.filter(({ precisions }) => precisions?.includes(precision)).map(({ name }) => name);
  throw new UserError(`the format ${format.name} keeps weights in full precision only`, {
    where: { field: 'precision' },
    expected: can.length === 0 ? 'no precision' : `one of the formats ${can.join(', ')}`,
    actual: precision,
  });
}

/** What the model's kind lays open. */
async function portableOf(
  { card, transform, outputs }: Predictor,
  files: ReturnType<typeof filesOf>,
  parts: PartsOnHand | undefined,
): Promise<PortableModel> {
  const { kind: name, task, settings, inputs } = parseCard(await files.text(MODEL_FILES.card));
  const kind = await kindOnHand(name, parts);
  const { bytes, path: place } = files;
  const laid = await kind.portable?.({ task, settings: kind.settings.parse(settings), inputs, bytes, path: place });
  if (!laid || !transform)
    throw new UserError(`models of the kind "${name}" are not exported: they lay no arithmetic open`, {
      where: { field: 'kind' },
      remedy: 'serve it with trainyard serve, or train a model of another kind',
    });
  return { ...laid, name: card.name ?? card.kind, features: featureNames(transform), outputs };
}

function cannot(
  { card }: Predictor,
  format: ExportFormat,
  why: string,
  formats: readonly ExportFormat[],
  model: PortableModel,
): UserError {
  const can = formats.filter((one) => one.refuses(model) === undefined).map(({ name }) => name);
  return new UserError(`this model, of the kind "${card.kind}", is not exported as ${format.name}: ${why}`, {
    where: { field: 'format' },
    expected: can.length === 0 ? 'no format takes it' : `one of ${can.join(', ')}`,
    actual: format.name,
  });
}

interface Features {
  readonly values: Float64Array;
  readonly rows: number;
}

/** Features of the model's own sample, whose rows have gone through all rules, and of rows as requests bring them. */
function featuresOf({ transform }: Predictor, sample: readonly FeatureRow[], rows: readonly FeatureRow[]): Features {
  const all = [...sample, ...rows.map(throughRules(transform!, 0))];
  return { values: applyTransformToRows(transform!, all), rows: all.length };
}

interface Comparing {
  readonly predictor: Predictor;
  readonly format: ExportFormat;
  readonly model: PortableModel;
  readonly written: WrittenExport;
  readonly draft: string;
  readonly project: string;
  /** Of the last of the rows, where a lower precision is measured. */
  readonly labels: readonly TruthCell[] | undefined;
  readonly options: ExportOptions;
}

/** Lets both answer; throws where they differ by more than is allowed. */
async function compare(
  { predictor, format, model, written: { tolerance }, draft, project, labels, options }: Comparing,
  { values, rows }: Features,
): Promise<{ exported: Omit<Exported, 'format' | 'files'>; sample: { features: number[][]; answers: number[][] } }> {
  const ours = await predictor.scoreFeatures!(values.slice(), rows);
  const opened = await format.open(draft, model, project);
  try {
    const theirs = await opened.score(values.slice(), rows);
    const difference = largestDifference(ours, theirs);
    const { runtime } = opened;
    const { precision } = options;
    const loss = labels && lossOf(predictor.card.task, labels, ours, theirs);
    if (loss) judgeLoss(loss, { format: format.name, precision: precision!, allowed: options.maxLoss });
    else if (difference > tolerance)
      throw new TrainyardError('TY-EXPORT-UNFIT', {
        what: `the export as ${format.name} does not answer as the model does; nothing was kept of it`,
        expected: `answers of ${rows} rows within ${tolerance} of the model's`,
        actual: `${difference}, by ${runtime}`,
      });
    const listed = (all: Float64Array, width: number): number[][] =>
      Array.from({ length: rows }, (_, row) => [...all.subarray(row * width, (row + 1) * width)]);
    return {
      exported: { runtime, rows, difference, ...(loss ? { precision: precision!, loss } : { tolerance }) },
      sample: { features: listed(values, model.width), answers: listed(ours, model.outputs.length) },
    };
  } finally {
    await opened.dispose();
  }
}

/** What whoever takes the export must know. */
function manifestOf(
  { card }: Predictor,
  { features, outputs }: PortableModel,
  { input, output, also = {} }: WrittenExport,
  exported: Exported,
): object {
  return {
    format: MANIFEST.format,
    export: exported.format,
    files: exported.files,
    kind: card.kind,
    task: card.task,
    input: { ...input, features, says: 'features in this order, as transform.json makes them of raw columns' },
    output: { ...output, numbers: outputs },
    columns: card.inputs,
    transform: MODEL_FILES.transform,
    sample: SAMPLE_FILE,
    ...also,
    compared: {
      with: exported.runtime,
      rows: exported.rows,
      largestDifference: exported.difference,
      allowed: exported.tolerance ?? null,
    },
    ...(exported.precision && { precision: exported.precision, loss: exported.loss }),
  };
}
