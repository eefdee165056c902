import { compareProfiles, type DriftReport } from '@trainyard/drift';
import { diffVersions, type DataDiff } from '../../client/data/diff.js';
import { openVersion } from '../../client/data/open-versions.js';
import { profileTable } from '../../client/data/profile.js';
import { findVersion, versionsNamed } from '../../client/data/versions.js';
import { colours, print, printJson, table } from '../terminal.js';
import type { DiffOptions } from './options.js';
import { openData, withScratch } from './open.js';

/** `trainyard data diff`. */
export async function printDiff(
  config: string | undefined,
  dataset: string,
  before: string,
  after: string,
  { key, json }: DiffOptions,
): Promise<void> {
  const { store, versions } = await openData(config);
  const all = versionsNamed(versions, dataset);
  const [one, other] = [findVersion(all, before), findVersion(all, after)];
  const { diff, drift } = await withScratch(async (database) => {
    const a = await openVersion(database, store, one, 'version a');
    const b = await openVersion(database, store, other, 'version b');
    const found = await diffVersions(database, a, b, key?.split(',').map((name) => name.trim()) ?? []);
    const [was, is] = [
      await profileTable(database, a.from, a.columns),
      await profileTable(database, b.from, b.columns),
    ];
    return { diff: found, drift: compareProfiles(was.profile, is.profile) };
  });
  if (json) return printJson({ dataset, ...diff, drift });
  print(`${colours.bold(dataset)}: ${one.number} ${one.name} → ${other.number} ${other.name}\n`);
  sayRows(diff);
  sayColumns(diff);
  sayDrift(drift);
  for (const one of diff.notes) print(colours.dim(`\n${one}`));
}

function sayRows({ rows, cells, examples, by }: DataDiff): void {
  print(
    `rows: ${rows.before} → ${rows.after}: ${rows.added} added, ${rows.removed} removed, ${rows.changed} changed, ${rows.same} as they were`,
  );
  for (const [word, sign, lone] of [
    ['added', '+', examples.added],
    ['removed', '-', examples.removed],
  ] as const) {
    if (lone.length === 0) continue;
    print(colours.dim(`\n${word}, by ${by.join(', ')}`));
    for (const { key, row } of lone) print(`${sign} ${key}  ${row}`);
  }
  if (cells.length === 0) return;
  print(
    `\n${table(
      ['changed column', 'rows'],
      cells.map(({ column, changed }) => [column, String(changed)]),
      { right: ['rows'] },
    )}`,
  );
  const changes = examples.changed.map((one) => [one.key, one.column, one.before ?? 'missing', one.after ?? 'missing']);
  print(`\n${table(['row', 'column', 'before', 'after'], changes)}`);
}

function sayColumns({ columns: { added, removed, retyped } }: DataDiff): void {
  const said = [
    ...added.map(({ name, type }) => `+ ${name}: ${type}`),
    ...removed.map(({ name, type }) => `- ${name}: ${type}`),
    ...retyped.map((one) => `~ ${one.name}: ${one.before} → ${one.after}`),
  ];
  if (said.length > 0) print(`\n${colours.dim('columns')}\n${said.join('\n')}`);
}

function sayDrift({ columns }: DriftReport): void {
  const drifted = columns.filter((one) => one.drifted);
  print(drifted.length === 0 ? '\nno column has drifted' : `\n${colours.dim('drifted')}`);
  for (const { says, corrected } of drifted) print(`${says} (p ${corrected.toPrecision(2)})`);
}
