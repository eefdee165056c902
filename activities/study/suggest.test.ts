import { createStudy, float, Study } from 'ml-hyperparameter';
import { expect, test } from 'vitest';
import type { Json } from '../../core/json.js';
import { takeStep, type StudyStep, type SuggestionAnswer } from '../../core/study/steps.js';
import { suggestBeside } from './suggest.js';

const made = (): Study =>
  createStudy({ space: { x: float(0, 1), y: float(0, 1) }, sampler: 'gp', seed: 3, trials: 40 }) as unknown as Study;
const whole = (study: Study): Json => study.toJSON() as unknown as Json;

/** Goes on by one trial; gives the steps. */
function goOn(study: Study): StudyStep[] {
  const proposal = study.propose();
  const { x, y } = proposal.params as { x: number; y: number };
  const trial = { number: proposal.number, params: proposal.params, state: 'complete' as const, by: proposal.by };
  const steps: StudyStep[] = [
    { begin: proposal },
    { tell: { ...trial, values: [(x - 0.3) ** 2 + (y - 0.7) ** 2], reports: [[1, 0.5]] } },
  ];
  for (const step of steps) takeStep(study, step);
  return JSON.parse(JSON.stringify(steps)) as StudyStep[];
}

const proposed = (study: Study): SuggestionAnswer => ({
  proposal: JSON.parse(JSON.stringify(study.propose())) as Json,
});

test('a double that is told what was done suggests what the study itself does', async () => {
  const study = made();
  for (let i = 0; i < 12; i++) goOn(study);
  expect(await suggestBeside({ study: 'a', to: '0', whole: whole(study) })).toEqual(proposed(study));
  for (let i = 0; i < 6; i++) {
    const steps = goOn(study);
    const ask = { study: 'a', from: String(i), to: String(i + 1), steps };
    expect(await suggestBeside(ask)).toEqual(proposed(study));
    // The answer may be lost, and the question come once more.
    expect(await suggestBeside(ask)).toEqual(proposed(study));
  }
  takeStep(study, { enqueue: { x: 0.25, y: 0.5 } });
  const asked = await suggestBeside({ study: 'a', from: '6', to: '7', steps: [{ enqueue: { x: 0.25, y: 0.5 } }] });
  expect(asked).toMatchObject({ proposal: { by: 'given', params: { x: 0.25, y: 0.5 } } });
  expect(asked).toEqual(proposed(Study.fromJSON(whole(study))));
});

test('a double that is not what the steps begin from, or that is not there, asks for the whole study', async () => {
  const study = made();
  const steps = goOn(study);
  expect(await suggestBeside({ study: 'b', from: '0', to: '1', steps })).toEqual({ behind: true });
  await suggestBeside({ study: 'b', to: '1', whole: whole(study) });
  expect(await suggestBeside({ study: 'b', from: 'other', to: '2', steps })).toEqual({ behind: true });
});

test('what the library refuses to suggest is an answer, no failure', async () => {
  const grid = createStudy({ space: { x: float(0, 1, { step: 0.5 }) }, sampler: 'grid', seed: 1, trials: 3 });
  for (const { number } of grid.askMany(3)) grid.tell(number, 0);
  expect(await suggestBeside({ study: 'c', to: '0', whole: whole(grid as unknown as Study) })).toEqual({
    refused: true,
  });
});
