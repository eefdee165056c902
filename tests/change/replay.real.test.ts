import { beforeAll, describe, expect, it } from 'vitest';
import { bundleFor, historiesOf, recordings, type History } from './histories.js';
import { replay } from './replay.js';

// What to do about a failure here stands in docs/replay-ledger.md.
describe.each(recordings())('histories that $release recorded of $project', (recording) => {
  const histories = historiesOf(recording);
  let code = '';

  beforeAll(async () => {
    code = await bundleFor(recording);
  });

  it('replay clean with the Workflows as they are now', async () => {
    expect(histories.length).toBeGreaterThan(0);
    expect(Object.fromEntries(await replay(code, histories))).toEqual({});
  });

  /** The bundle, changed as a careless edit of the engine would change it. */
  const edited = (from: RegExp, to: string): string => {
    const other = code.replaceAll(from, to);
    expect(other).not.toBe(code);
    return other;
  };
  const run = histories.find(({ history }) => nodeOf(history) !== undefined) as (typeof histories)[number];

  it('a step too many is caught, and told in words', async () => {
    const waiting = edited(
      /await loadFinished\(/g,
      'await new Promise((go) => setTimeout(go, 1000)); await loadFinished(',
    );
    const told = (await replay(waiting, [run])).get(run.name) ?? '';
    expect(told).toMatch(/cannot go on with this code: the run has already gone another way/);
    expect(told).toMatch(/expected: the engine's step trainyard\.begin is recorded \(event \d+ of its history\)/);
    expect(told).toMatch(/actual: +this code (waits|takes another step) there/);
    expect(told).toMatch(/resume it: what had finished is found\n {2}\[TY-REPLAY\]$/);
  });

  it('a node under another name is caught, and told in words', async () => {
    const renamed = edited(/(activities\d*\[spec\d*\.name)\]/g, "$1 + '.renamed']");
    const told = (await replay(renamed, [run])).get(run.name) ?? '';
    // Whichever comes first: one in a worker's slot, or a light one beside the Workflow.
    const [, node] = /this code starts (\S+)\.renamed there/.exec(told) ?? [];
    expect(node, told).toBeDefined();
    expect(told).toContain(`there, not ${node}`);
    expect(told).toContain(`the node ${node} is started`);
  });
});

/** The first node that a history starts. */
function nodeOf({ events }: History): string | undefined {
  return events
    ?.flatMap((event) => event.activityTaskScheduledEventAttributes?.activityType?.name ?? [])
    .find((name) => !name.startsWith('trainyard.'));
}

it('histories of this release are recorded', () => {
  expect(recordings().map(({ project }) => project)).toEqual(expect.arrayContaining(['penguins', 'probe']));
});
