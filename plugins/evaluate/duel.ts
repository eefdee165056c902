import { z } from 'zod';
import {
  composite,
  gate,
  model,
  report,
  sealedTable,
  table,
  type Handle,
  type Model,
  type Ref,
  type Report,
  type SealedTable,
  type Table,
} from '../../core/index.js';
import { challenge, challengeVerdict } from './contract.js';

type Params = z.input<typeof challenge.spec.params>;

export interface DuelOptions extends Pick<Params, 'metric' | 'margin' | 'rule' | 'alpha' | 'resamples'> {
  readonly challenger: Handle<Model> | Ref<Model>;
  readonly champion: Handle<Model> | Ref<Model>;
  /** Labelled rows that neither model was trained on: of what the champion has answered since it serves. */
  readonly fresh: Handle<Table> | Ref<Table>;
  /** Opened only where the fresh rows do not decide. */
  readonly test: Handle<SealedTable> | Ref<SealedTable>;
  /**
   * Fewest fresh rows that may decide, 30 by default: with no row against a model among n, the share of such rows may still be
   * 3/n (the rule of three), so a margin of 0.1 takes 30 rows, one of 0.02 takes 150.
   */
  readonly least?: number;
  /** Why the test set is opened where it has been opened before; without it a person is asked. */
  readonly reason?: string;
}

export interface Duel {
  /** The comparison that decides; after one on the test set it has the figures on the fresh rows, too. */
  readonly report: Handle<Report<z.output<typeof challengeVerdict>>>;
}

/** Fewest fresh rows that may decide, where the pipeline does not say. */
const LEAST = 30;

async function fight(options: DuelOptions): Promise<Duel> {
  const { challenger, champion, fresh, test, least = LEAST, reason, ...rule } = options;
  // Either comparison may promote: each spends half of alpha, so that both together keep to it (Bonferroni).
  const shared = { ...(rule as object), challenger, champion, looks: 2 };
  const onFresh = challenge({ ...shared, fresh, least });
  const decided = await gate(onFresh, (value) => value.decided, 'the fresh rows decide');
  return {
    report: decided ? onFresh : challenge({ ...shared, test, before: onFresh }, reason === undefined ? {} : { reason }),
  };
}

const { metric, margin, rule, alpha, resamples, least } = challenge.spec.params.shape;

/**
 * Lets a challenger meet the champion on fresh rows first. The sealed test set is an input only of the second comparison, which is
 * called where the first has not decided: else it stays closed, and its later figures keep what they are worth.
 */
export const duel = composite(
  {
    name: 'evaluate.duel',
    title:
      'Compares a challenger with the champion on fresh rows, and on the sealed test set only where those do not decide',
    params: z.object({
      metric,
      margin,
      rule,
      alpha,
      resamples,
      least: least.unwrap().default(LEAST).describe('fewest fresh rows that may decide'),
      reason: z.string().optional().describe('why the test set is opened where it has been opened before'),
    }),
    inputs: { challenger: model, champion: model, fresh: table, test: sealedTable },
    outputs: { report: report(challengeVerdict) },
    nodes: [challenge],
  },
  fight,
);
