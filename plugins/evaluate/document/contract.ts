import { z } from 'zod';
import { json, model, node, optional, report } from '../../../core/index.js';
import { taskCard } from '../../task/index.js';
import { finalFigures } from '../contract.js';

const words = (of: string) => z.string().min(1).optional().describe(of);

/** What only people know of a model. */
export const humanParts = z.object({
  developers: words('who made it'),
  contact: words('where questions go'),
  licence: words('under which terms it may be used'),
  intendedUse: words('what it is for; the goal of the task card where left out'),
  users: words('who is to use it'),
  outOfScope: words('what it must not be used for; the exclusions of the task card where left out'),
  factors: words('groups, instruments and circumstances on which its answers may depend'),
  trainingData: words('where the training rows come from'),
  evaluationData: words('where the test rows come from, and why these'),
  ethics: words('who is affected by mistakes, and how; as the task card says where left out'),
  caveats: words('what to look out for, and what to do next'),
});

export const modelCardFigures = z.object({
  kind: z.string(),
  task: z.string(),
  missing: z.array(z.string()).describe('parts that people have not given'),
});

/** A model card (Mitchell et al. 2019), filled from the record; what only people know is asked for. */
export const modelCard = node({
  name: 'evaluate.modelCard',
  version: '1',
  title: 'A model card from the record and what people say: HTML, Markdown and JSON',
  params: humanParts,
  inputs: {
    model,
    final: report(finalFigures),
    card: optional(json(taskCard)),
    fairness: optional(report(z.unknown())),
    slices: optional(report(z.unknown())),
  },
  outputs: report(modelCardFigures),
});

export const documentFigures = z.object({
  sections: z.array(z.string()),
  leftOut: z.array(z.string()).describe('kinds of reports that were not given'),
});

/** All that is known of a model in one page. */
const part = optional(report(z.unknown()));
export const document = node({
  name: 'evaluate.report',
  version: '1',
  title: 'One offline page of all reports of a model, and the same as JSON',
  params: z.object({ title: z.string().min(1).default('Evaluation').describe('of the page') }),
  inputs: {
    final: report(finalFigures),
    modelCard: part,
    gates: part,
    challenge: part,
    comparison: part,
    curves: part,
    calibration: part,
    threshold: part,
    slices: part,
    errors: part,
    fairness: part,
    importance: part,
    attributions: part,
    partial: part,
    robustness: part,
  },
  outputs: report(documentFigures),
});
