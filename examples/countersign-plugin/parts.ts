import { html } from 'trainyard/pages';
import { asked, durableProcess, pageSection, pluginCommand } from 'trainyard/process';
import { z } from 'zod';
import { countersignActivities } from './activities.js';
import { sheet, signed, type Sheet } from './sheet.js';

export const countersignProcess = durableProcess<Sheet>({
  name: 'countersign',
  title: 'Waits until so many people have signed',
  workflow: { module: new URL('./workflow.js', import.meta.url), export: 'countersign' },
  versions: 'moves on',
  ends: 'by people',
  repeated: 'given',
  activities: async () => countersignActivities,
  view: async () => ({
    read: asked(sheet),
    say: ({ people, signatures }) => ({
      fraction: signatures.length / people,
      parts: [{ rank: 1, texts: [`${signatures.length} of ${people} signed`, `${signatures.length}/${people}`] }],
    }),
  }),
  command: 'countersign',
});

/** Shows a sheet, or signs it. */
export const countersignCommand = pluginCommand({
  name: 'countersign',
  title: 'show what a run waits to have signed, or sign it',
  args: [{ name: 'sheet', title: 'id of the run and name of the sheet: RUN/NAME' }],
  options: z.object({
    by: z.string().min(1).optional().describe('who signs; without it the sheet is shown'),
    why: z.string().default('').describe('why; it stands in the record'),
  }),
  example: 'trainyard countersign shipped/release --by ann --why "all figures are better"',
  async run({ client, args, options: { by, why } }) {
    const handle = client.temporal.workflow.getHandle(args['sheet'] ?? '');
    const now = sheet.parse(
      by === undefined ? await handle.query('state') : await handle.executeUpdate('sign', { args: [{ by, why }] }),
    );
    const signatures = now.signatures.map((one) => `  ${one.by}: ${one.why}`);
    return { text: [`${now.question} ${now.signatures.length} of ${now.people}`, ...signatures].join('\n'), json: now };
  },
});

/** Who has signed what, for a run that waits for it, or has waited. */
export const signaturesSection = pageSection({
  name: 'signatures',
  title: 'Signatures',
  place: 'before the graph',
  draw: ({ run, children }) => {
    const calls = run.graph.nodes.filter(({ node }) => node === 'countersign');
    if (calls.length === 0) return undefined;
    return html`<ul>
      ${calls.map(({ call, summary, result }) => {
        const now = sheet.safeParse(children.get(call)?.state).data;
        const signatures = now?.signatures ?? signed.safeParse(result).data?.signatures ?? [];
        return html`<li>
          <strong>${now?.question ?? summary}</strong> ${now && `${signatures.length} of ${now.people}`}
          ${signatures.map(({ by, why }) => html`<br />${by}: ${why}`)}
        </li>`;
      })}
    </ul>`;
  },
});
