import { sayCount } from '../../core/duration.js';
import type { Json } from '../../core/json.js';
import { figuresOfTask, isMeasuredTask, type MeasuredTask } from '@trainyard/metrics';
import type { ModelVersion } from '../../workflows/registry/contract.js';

/** Named figures, and the rows that they were measured on. */
export interface MeasuredOn {
  /** `validation` or `training` rows, or `tested` on those of the evidence. */
  readonly on: string;
  readonly figures: readonly (readonly [name: string, value: number])[];
  /** How many rows, where it is known. */
  readonly rows?: number;
}

/** What was measured of a version. */
export interface VersionFigures {
  /** By the report that it was deployed with as its evidence: on rows that had no part in making it, where that is `evaluate.final`. */
  readonly tested?: MeasuredOn & { readonly report: string };
  /** While it was trained: tuning has chosen by these, so that they promise more than new data keep. */
  readonly trained: readonly MeasuredOn[];
}

/** The figures that stand for models of the version's task. Versions of former releases, which do not say it, tell classes apart. */
export function figuresOfVersion(version: Pick<ModelVersion, 'metrics' | 'evidence' | 'signature'>): VersionFigures {
  const { metrics, evidence } = version;
  const { report, figures } = (evidence ?? {}) as { readonly report?: Json; readonly figures?: Json };
  const names = figuresOfTask(taskOf(version)).headlines;
  const tested = headlines(names, (name) => at(figures, name.split('.')));
  const n = at(figures, ['n']);
  const parts = [...new Set(Object.keys(metrics).map((name) => name.split('.')[0] ?? ''))];
  return {
    ...(typeof report === 'string' && tested.length > 0
      ? { tested: { on: 'tested', figures: tested, ...(typeof n === 'number' ? { rows: n } : {}), report } }
      : {}),
    trained: parts
      .map((on) => ({ on, figures: headlines(names, (name) => metrics[`${on}.${name}`]) }))
      .filter((one) => one.figures.length > 0),
  };
}

/** `f1.macro 0.75, accuracy 0.77 on 76 rows`. */
export function sayMeasured({ figures, rows }: MeasuredOn): string {
  const said = figures.map(([name, value]) => `${name} ${Number(value.toPrecision(4))}`).join(', ');
  return rows === undefined ? said : `${said} on ${sayCount(rows, 'row')}`;
}

function taskOf({ signature, evidence }: Pick<ModelVersion, 'signature' | 'evidence'>): MeasuredTask {
  const said = [at(signature, ['task']), at(evidence, ['figures', 'task'])];
  return said.find(isMeasuredTask) ?? 'classification';
}

function headlines(names: readonly string[], read: (name: string) => unknown): [string, number][] {
  return names.flatMap((name) => {
    const value = read(name);
    return typeof value === 'number' ? [[name, value] as [string, number]] : [];
  });
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => (inner as Record<string, unknown> | null | undefined)?.[name], value);
}
