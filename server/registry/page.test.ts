import { expect, test } from 'vitest';
import type { ModelView } from '../../client/registry/model-view.js';
import { digestText } from '../../core/digest.js';
import type { MarkedVersion } from '../../client/registry/marks.js';
import type { MonitorState, WindowRecord } from '../../workflows/monitor/contract.js';
import { modelPage } from './page.js';

const at = '2026-01-01T00:00:00.000Z';
const by = { by: 'ann', why: 'better' };

/** A part of a model of so many versions: those from one number to another, and their lines. */
function part(count: number, from: number, to: number): ModelView {
  const numbers = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  const versions = numbers.map((version): MarkedVersion => {
    const model = { kind: 'model', digest: digestText(`${version}`), size: 1 } as const;
    const facts = { lineage: 'r', pipeline: 'p', metrics: {}, signature: null, evidence: null };
    return {
      version,
      model,
      run: `run-${version}`,
      registeredAt: at,
      ...facts,
      ...by,
      tags: {},
      deprecated: null,
      deleted: null,
    };
  });
  return {
    name: 'penguins',
    versions,
    aliases: { champion: { version: 7, since: at, move: 1, past: [], ...by } },
    history: versions.map(({ version, run }) => ({ number: version, at, what: 'registered', version, run, ...by })),
    counts: { versions: count, history: count },
    behind: [],
  };
}

test('a model with more versions than a page shows links to the older ones, and to where its champion stands', () => {
  const { text } = modelPage(part(5_000, 4_901, 5_000), undefined, undefined);
  expect(text).toContain('<a href="/models/penguins?versionsBefore=4901">4900 older versions</a>');
  expect(text).toContain('<a href="/models/penguins?historyBefore=4971">4970 older lines</a>');
  expect(text).toContain('<a href="/models/penguins?versionsBefore=8">version 7</a>');
  expect(text).not.toContain('the newest');
});

test('a part with the oldest versions links back to the newest, and a model that fits shows no links', () => {
  const old = modelPage(part(5_000, 1, 100), undefined, undefined).text;
  expect(old).not.toContain('older version');
  expect(old).toContain('<a href="/models/penguins">the newest</a>');
  const whole = modelPage(part(20, 1, 20), undefined, undefined).text;
  expect(whole).not.toMatch(/older|the newest/);
  expect(whole).toContain('<strong>champion</strong>: version 7 since');
});

test('a store that takes no pages is named on the page', () => {
  const { text } = modelPage({ ...part(20, 1, 20), problem: 'there is no space left' }, undefined, undefined);
  expect(text).toContain('Older versions could not be moved into the store: there is no space left');
});

test('windows show the figures of the task, and those of former releases the share that was right', () => {
  const ref = { digest: digestText('x'), size: 1 };
  const table = { kind: 'table', ...ref } as const;
  const window = (number: number, more: Partial<WindowRecord>): WindowRecord => ({
    ...{ number, rows: 40, labelled: 30, accuracy: null, from: 0, to: 1, versions: [1], drifted: false, findings: [] },
    ...{ table, report: { kind: 'json', ...ref } },
    ...more,
  });
  const state: MonitorState = {
    config: {
      endpoint: 'penguins',
      columns: [],
      label: { name: 'price', type: 'number' },
      reference: { kind: 'file', ...ref },
      table,
      ...{ window: 40, alpha: 0.05, minEffect: 0.1, everyMs: 1000, retrain: null },
    },
    recent: [
      window(1, { accuracy: 0.9 }),
      window(2, {
        figures: [
          { name: 'rmse', value: 3.25, better: 'smaller' },
          { name: 'r2', value: 0.81234, better: 'larger' },
        ],
      }),
      window(3, { labelled: 0, figures: [] }),
    ],
    ...{ paused: false, frozen: false, cursor: '0-0', entries: 3, lost: 0, windows: 3, drifted: 0, pending: null },
    ...{ accepted: [], started: 0, retrainings: [], waiting: null, problem: null, notes: [] },
  };
  const { text } = modelPage(part(20, 1, 20), state, undefined);
  expect(text).toContain('accuracy 0.9 on 30');
  expect(text).toContain('rmse 3.25, r2 0.8123 on 30');
  expect(text).toContain('not known');
});
