import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fitFeaturesNode } from '../../plugins/features/worker.js';
import { layeredNetNode, netNode } from '../../plugins/train/net/nodes.js';
import { FileStore } from '../../store/files.js';
import { runNode } from '../../worker/testing/run-node.js';
import type { TableOutput } from '@trainyard/tables';
import { NETS } from './net-cases.js';

/** When training began, and when each epoch ended: ms since the process was asked for, and ms of its processor. */
export interface Marks {
  readonly marks: readonly (readonly [clock: number, processor: number])[];
  readonly parameters: number;
  readonly loss: number;
  /** From a second call in the same process to its first step: ms, and ms of the processor. */
  readonly again?: readonly [clock: number, processor: number];
  /** The most memory that it ever had. */
  readonly mb: number;
  readonly said?: string;
}

/** Trains once in this process, features fitted on the way. */
export async function trainOnce(request: {
  readonly name: string;
  readonly folder: string;
  readonly threads: number;
  readonly epochs: number;
  readonly began: number;
}): Promise<Marks> {
  const { node, width, batchSize, params } = NETS[request.name]!;
  const marks: [number, number][] = [];
  const mark = (): void => {
    const { user, system } = process.cpuUsage();
    marks.push([Date.now() - request.began, (user + system) / 1000]);
  };
  const table = JSON.parse(readFileSync(path.join(request.folder, 'table.json'), 'utf8')) as TableOutput;
  const store = new FileStore(path.join(request.folder, `store-${process.pid}`));
  // The peer has the features as they are, too.
  const numeric = Array.from({ length: width }, (_, i) => ({ column: `x${i}`, scale: 'none' }));
  const fitted = await runNode(fitFeaturesNode, { params: { recipe: { numeric } }, inputs: { table }, store });
  mark();
  const asked = { label: 'y', ...params, batchSize, epochs: request.epochs, checkpointSeconds: 1e9 };
  const host = { progress: (_: number, said?: string) => void (/^epoch \d+ of \d+: /.test(said ?? '') && mark()) };
  const run = await runNode(node === 'net' ? netNode : layeredNetNode, {
    params: asked,
    inputs: { train: table, prep: fitted.outputs['transform']! as never },
    threads: request.threads,
    store,
    host,
  });
  const [, most] = /VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  const [began, before] = [performance.now(), process.cpuUsage()];
  let again: [number, number] = [NaN, NaN];
  await runNode(node === 'net' ? netNode : layeredNetNode, {
    params: { ...asked, epochs: 1, learningRate: 0.001 },
    inputs: { train: table, prep: fitted.outputs['transform']! as never },
    threads: request.threads,
    store,
    host: {
      // It looks for a checkpoint just before its first step.
      onCheckpoint: () => {
        const { user, system } = process.cpuUsage(before);
        again = [performance.now() - began, (user + system) / 1000];
      },
    },
  });
  const card = JSON.parse(await run.outputs['model']!.text('model.json')) as { training: { parameters: number } };
  const { trainLoss } = run.outputs['curves']!.value as { trainLoss: number };
  const said = run.log.filter((line) => /steps/.test(line)).join('; ');
  return { marks, parameters: card.training.parameters, loss: trainLoss, again, mb: Number(most) / 1024, said };
}
