import { TrainyardError } from '@trainyard/errors';
import type { TrainyardClient } from '../../client/client.js';
import { connectNow } from '../../client/reader.js';
import { armFigures } from '../../client/registry/arm-figures.js';
import { getModelHead, setTraffic } from '../../client/registry/models.js';
import { sayTraffic, type TrafficAsk } from '../../core/traffic.js';
import { loadConfig } from '../../project/project.js';
import { clock, print, printJson, table } from '../terminal.js';
import { userName } from '../user-name.js';
import { inTime } from './print-models.js';

export interface TrafficOptions {
  readonly canary?: string;
  readonly shadow?: string;
  readonly split: readonly string[];
  readonly column?: string;
  readonly header?: string;
  readonly end?: boolean;
  readonly why?: string;
  readonly by?: string;
  readonly json?: boolean;
}

/** `trainyard models traffic`: shows which versions answer beside the champion, or says which shall. */
export async function trafficByCommand(
  config: string | undefined,
  name: string,
  options: TrafficOptions,
): Promise<void> {
  const asked = planOf(options);
  const client = await connectNow(await loadConfig(config));
  try {
    if (asked === undefined) return await show(client, name, options.json === true);
    const { by = userName(), json = false } = options;
    const why = options.why ?? (asked ? 'set by hand' : 'ended by hand');
    const answer = await inTime(client, async () => {
      // As it stands when the command is given, so that of two at once one is told.
      const expected = (await getModelHead(client, name)).traffic?.number ?? null;
      return setTraffic(client, name, { plan: asked, expected, by, why });
    });
    if (json) return printJson({ model: name, ...answer, plan: asked });
    print(`${name}: ${asked ? sayTraffic(asked) : 'the champion answers alone'}, by ${by}`);
  } finally {
    await client.close();
  }
}

async function show(client: TrainyardClient, name: string, json: boolean): Promise<void> {
  const { traffic: plan } = await inTime(client, () => getModelHead(client, name));
  const { redis, taskQueue } = client;
  const figures = plan && redis ? await armFigures({ redis, taskQueue }, name, plan.number) : [];
  if (json)
    return printJson({ model: name, plan: plan ?? null, arms: figures.map(({ times: _, ...figure }) => figure) });
  if (!plan) return print(`${name}: the champion answers alone`);
  print(`${name}: ${sayTraffic(plan)}, since ${clock(plan.since)} by ${plan.by}: ${plan.why}\n`);
  const ms = (value: number | null): string => (value === null ? '' : value.toPrecision(2));
  const rows = figures.map(({ arm, requests, errors, dropped, p50, p95 }) => [
    arm,
    String(requests),
    String(errors),
    String(dropped),
    ms(p50),
    ms(p95),
  ]);
  const right = ['requests', 'errors', 'dropped', 'p50 ms', 'p95 ms'];
  print(rows.length === 0 ? 'no server has told of any request yet' : table(['arm', ...right], rows, { right }));
}

/** What the options ask for; undefined where nothing is to change, null where the plan is to end. */
function planOf({ canary, shadow, split, column, header, end }: TrafficOptions): TrafficAsk | null | undefined {
  const asked = [canary, shadow, split.length > 0 || undefined, end].filter((one) => one !== undefined);
  if (asked.length > 1)
    throw new TrainyardError('TY-USAGE', {
      what: 'a traffic plan is of one mode',
      expected: 'one of --canary, --shadow, --split and --end',
    });
  if (end) return null;
  const key = column !== undefined ? { column } : header !== undefined ? { header: header.toLowerCase() } : undefined;
  const keyed = key === undefined ? {} : { key };
  if (canary !== undefined) return { mode: 'canary', arms: [armOf(canary, '--canary', 'candidate')], ...keyed };
  if (shadow !== undefined) return { mode: 'shadow', arms: [armOf(shadow, '--shadow', 'candidate', 1)], ...keyed };
  if (split.length === 0) return undefined;
  return { mode: 'split', arms: split.map((one) => armOf(one, '--split')), ...keyed };
}

/** `4:5%` or `name=4:5%`; without a name an arm is called by its version. */
function armOf(text: string, field: string, called?: string, share?: number): TrafficAsk['arms'][number] {
  const found = /^(?:([a-z][a-z0-9-]{0,30})=)?([1-9]\d{0,15})(?::(\d+(?:\.\d+)?)\s*%)?$/.exec(text);
  const percent = found?.[3] === undefined ? share : Number(found[3]) / 100;
  if (found && percent !== undefined && percent <= 1)
    return { name: found[1] ?? called ?? `v${found[2]}`, version: Number(found[2]), share: percent };
  throw new TrainyardError('TY-USAGE', {
    what: `${JSON.stringify(text)} is no version with its share`,
    where: { field },
    expected: 'VERSION:PERCENT%, such as 4:5%, or NAME=VERSION:PERCENT%',
  });
}
