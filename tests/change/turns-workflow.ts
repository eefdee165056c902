import { proxyLocalActivities } from '@temporalio/workflow';
import { inTurn, when } from '../../workflows/engine/answer-order.js';

/** One step: how long its Activity takes, in ms, and how many turns of the microtask queue its answer goes through. */
export type Step = readonly [ms: number, turns: number];

interface Activities {
  echo(name: string, ms: number): Promise<string>;
}

const { echo } = proxyLocalActivities<Activities>({ startToCloseTimeout: '1 minute' });

/** Chains of Local Activities side by side, each answer of which must come back to the step that asked for it. */
export async function chains(plan: readonly (readonly Step[])[]): Promise<string[]> {
  const order: string[] = [];
  let open = plan.length;
  const ask = async (name: string, ms: number): Promise<void> => {
    const answer = await inTurn(echo(name, ms));
    if (answer !== name) throw new Error(`${name} was given the answer of ${answer}`);
    order.push(name);
  };
  const chain = async (number: number, steps: readonly Step[]): Promise<void> => {
    for (const [index, [ms, turns]] of steps.entries()) {
      await ask(`${number}.${index}`, ms);
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    }
    open--;
  };
  const all = Promise.all(plan.map((steps, number) => chain(number, steps)));
  await when(() => open <= plan.length / 2);
  await ask('between', 1);
  await all;
  return order;
}
