import type { GraphRecord } from 'trainyard';
import { valueOf, type DuelFigures, type FinalFigures } from './lifecycle.js';
import type { Addresses } from './processes.js';
import type { Report } from './report.js';

/** Figures of a run's final evaluation. */
export function figuresOf(graph: GraphRecord): FinalFigures | undefined {
  return valueOf<FinalFigures>(graph, 'evaluate.final');
}

/** Digest of the model that a run trained at its end. */
function modelOf(graph: GraphRecord): string | undefined {
  return graph.nodes.findLast((node) => node.node === 'train.net')?.outputs?.['model']?.digest;
}

/** What people, or a program, want to know at the end. */
export function summary(
  { once, endpoint }: { readonly once: boolean; readonly endpoint: string },
  report: Report,
  at: Addresses,
  story: {
    first: GraphRecord;
    second: GraphRecord;
    before: FinalFigures;
    after: FinalFigures | undefined;
    version: number;
    next: number | undefined;
    mended: { flipped: number; mended: number };
    curl: string;
    verdict: string | undefined;
    duel: DuelFigures | undefined;
    predicted: unknown;
  },
): void {
  const { first, second, before, after, version, next, mended, curl, verdict, duel } = story;
  report.heading('done');
  report.say(`  labels    ${mended.mended} of ${mended.flipped} wrong ones found and mended`);
  report.say(`  version ${version}  F1 ${before.f1.macro.toFixed(3)}, model ${modelOf(first) ?? ''}`);
  if (after) report.say(`  version ${next ?? '–'}  F1 ${after.f1.macro.toFixed(3)}, model ${modelOf(second) ?? ''}`);
  if (!once) {
    report.say(`\n  Temporal UI  ${at.ui}/namespaces/default/workflows/${encodeURIComponent(first.run)}`);
    report.say(`  run page     ${at.server}/runs/${encodeURIComponent(first.run)}`);
    report.say(`  endpoint     ${curl}`);
  }
  report.end({
    runs: [first.run, second.run],
    labels: mended,
    versions: { before: version, after: next ?? null },
    metrics: {
      before: { f1: before.f1.macro, accuracy: before.accuracy, n: before.n },
      after: after ? { f1: after.f1.macro, accuracy: after.accuracy, n: after.n } : null,
    },
    models: { before: modelOf(first), after: modelOf(second) },
    verdict: verdict ?? null,
    duel: duel ?? null,
    links: {
      ui: at.ui,
      runPage: `${at.server}/runs/${encodeURIComponent(first.run)}`,
      endpoint: `${at.server}/v1/endpoints/${endpoint}/predict`,
    },
  });
}
