import { connectNow } from '../../client/reader.js';
import { compareVersions, type VersionsCompared } from '../../client/provenance/index.js';
import { loadConfig } from '../../project/project.js';
import { changeLines } from '../explain/explanation-text.js';
import { clock, colours, print, printJson, table } from '../terminal.js';
import { inTime, numberOf } from './print-models.js';

/** `trainyard models diff`. */
export async function printDifference(
  config: string | undefined,
  name: string,
  before: string,
  after: string,
  json: boolean,
): Promise<void> {
  const [one, other] = [numberOf('before', before)!, numberOf('after', after)!];
  const client = await connectNow(await loadConfig(config));
  try {
    const compared = await inTime(client, () => compareVersions(client, name, one, other));
    if (json) printJson({ model: name, ...compared });
    else print(differenceText(name, compared));
  } finally {
    await client.close();
  }
}

function differenceText(name: string, { before, after, same, figures, signature, making }: VersionsCompared): string {
  const cell = (value: number | null): string => (value === null ? '' : String(Number(value.toPrecision(4))));
  const change = (a: number | null, b: number | null): string =>
    a === null || b === null ? '' : `${b >= a ? '+' : ''}${Number((b - a).toPrecision(3))}`;
  const lines = [
    `${colours.bold(name)}  version ${before.version} of ${clock(before.registeredAt)}, version ${after.version} of ${clock(after.registeredAt)}`,
    '',
  ];
  if (same) lines.push('both are the same model, byte for byte', '');
  if (figures.length > 0)
    lines.push(
      table(
        ['on', 'figure', String(before.version), String(after.version), 'change'],
        figures.map((one) => [one.on, one.name, cell(one.before), cell(one.after), change(one.before, one.after)]),
        { right: [String(before.version), String(after.version), 'change'] },
      ),
      '',
    );
  for (const { field, before: was, after: is } of signature)
    lines.push(
      `${field}`,
      `    ${colours.red('before')}  ${JSON.stringify(was)}`,
      `    ${colours.green('after ')}  ${JSON.stringify(is)}`,
    );
  if (signature.length === 0) lines.push('inputs and outputs are the same');
  if (!making) lines.push('', 'what made them is not on record any more for one of them');
  else if (making.length === 0) lines.push('', 'both were made of the same: node, code, parameters, inputs and seed');
  else lines.push('', 'made otherwise:', ...making.flatMap(changeLines));
  return lines.join('\n');
}
