import * as workflow from '@temporalio/workflow';
import type { ProcessInput } from 'trainyard';
import type { CountersignActivities, Sheet, Signature, signed, ask } from './sheet.js';
import type { z } from 'zod';

const activities = workflow.proxyActivities<CountersignActivities>({ startToCloseTimeout: '1 minute' });

/** Signatures come as Updates: an accepted one is on record exactly once, one that changes nothing is refused. */
export async function countersign(
  input: ProcessInput<z.output<typeof ask>, Signature[]>,
): Promise<z.output<typeof signed>> {
  const { question, people } = input.args.params;
  const signatures = [...(input.carried ?? [])];
  const sheet = (): Sheet => ({ question, people, signatures });
  workflow.setHandler(workflow.defineQuery<Sheet>('state'), sheet);
  workflow.setHandler(
    workflow.defineUpdate<Sheet, [Signature]>('sign'),
    (signature) => {
      signatures.push(signature);
      return sheet();
    },
    {
      validator: ({ by }) => {
        if (signatures.length >= people) throw workflow.ApplicationFailure.nonRetryable('all have signed');
        if (signatures.some((one) => one.by === by))
          throw workflow.ApplicationFailure.nonRetryable(`${by} has signed already`);
      },
    },
  );
  const isLong = (): boolean => {
    const { continueAsNewSuggested, historyLength } = workflow.workflowInfo();
    return input.continueAfter === undefined ? continueAsNewSuggested : historyLength >= input.continueAfter;
  };
  await workflow.condition(() => signatures.length >= people || isLong());
  await workflow.condition(workflow.allHandlersFinished);
  if (signatures.length < people) return workflow.continueAsNew<typeof countersign>({ ...input, carried: signatures });
  return { signatures, receipt: await activities['countersign.receipt'](sheet()) };
}
