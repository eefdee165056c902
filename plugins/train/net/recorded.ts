import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Tensorflow } from '../../kit/tensorflow.js';
import { nativeBackend, type NativeBackend } from '../graph/native.js';
import { record } from '../graph/record.js';
import { openSession, type Session } from '../graph/session.js';
import { inputsOf, type Shortcut, type StepsDone } from './running.js';
import type { StepTensors } from './step.js';

export interface RecordedOptions {
  readonly tf: Tensorflow;
  /** For the file by which TensorFlow takes the graph. */
  readonly folder: string;
  /** Operations run in the order in which they were recorded: TensorFlow then rewrites none of them. Default false. */
  readonly inOrder?: boolean | undefined;
  /** Told once: that recorded steps are used, or why not. */
  readonly log: (message: string) => void;
}

/**
 * Runs several steps as one graph: the first time that such batches come they are computed operation by operation and
 * recorded; the second time both ways are computed and compared bit for bit; from then on the graph is used. Batches
 * of other shapes (the last, smaller ones of an epoch), and all where the graph would not give the same bits, are
 * computed operation by operation.
 */
export function recordedSteps({ tf, folder, inOrder = false, log }: RecordedOptions): Shortcut {
  const backend = nativeBackend(tf);
  if ('reason' in backend) {
    log(`steps are computed operation by operation: ${backend.reason}`);
    return { steps: (_state, _steps, eager) => eager(), dispose: () => undefined };
  }
  return new RecordedSteps(tf, backend, folder, inOrder, log);
}

class RecordedSteps implements Shortcut {
  private recordedAs: string | undefined;
  private session: Session | undefined;
  private trusted = false;
  private given = false;

  constructor(
    private readonly tf: Tensorflow,
    private readonly backend: NativeBackend,
    private readonly folder: string,
    private readonly inOrder: boolean,
    private readonly log: (message: string) => void,
  ) {}

  steps(state: readonly Tensor1D[], steps: readonly StepTensors[], eager: () => StepsDone): StepsDone {
    const shapes = JSON.stringify(steps.map((one) => inputsOf(one).map(({ shape }) => shape)));
    if (this.given || (this.recordedAs !== undefined && shapes !== this.recordedAs)) return eager();
    const inputs: Tensor[] = [...state, ...steps.flatMap(inputsOf)];
    if (!this.session) return this.recordFirst(inputs, shapes, eager);
    if (!this.trusted) return this.compare(this.session, inputs, steps.length, eager);
    return split(this.session.run(inputs), state.length);
  }

  private recordFirst(inputs: readonly Tensor[], shapes: string, eager: () => StepsDone): StepsDone {
    // A failure of recording must not cost the steps: they are done by then, or can be done anew.
    let done: StepsDone | undefined;
    try {
      const { recording } = record(
        this.backend,
        inputs,
        () => (done = eager()),
        (result) => [...result.state, ...result.answers],
      );
      this.session = openSession(this.backend, recording, this.folder, this.inOrder);
      this.recordedAs = shapes;
    } catch (error) {
      this.giveUp(`they cannot be recorded (${error instanceof Error ? error.message : String(error)})`);
    }
    return done ?? eager();
  }

  private compare(session: Session, inputs: readonly Tensor[], steps: number, eager: () => StepsDone): StepsDone {
    const expected = eager();
    let actual: Tensor[] = [];
    try {
      actual = session.run(inputs);
      const all = [...expected.state, ...expected.answers];
      this.trusted = all.length === actual.length && all.every((tensor, i) => sameBits(tensor, actual[i]!));
      if (this.trusted) this.log(`${steps} steps at a time run as one recorded graph, equal bit for bit`);
      else this.giveUp('recorded they give other bits');
    } catch (error) {
      this.giveUp(`the recorded graph does not run (${error instanceof Error ? error.message : String(error)})`);
    } finally {
      this.tf.dispose(actual);
    }
    return expected;
  }

  private giveUp(reason: string): void {
    this.given = true;
    this.log(`steps are computed operation by operation: ${reason}`);
  }

  dispose(): void {
    this.session?.dispose();
    this.session = undefined;
  }
}

function split(outputs: readonly Tensor[], states: number): StepsDone {
  return { state: outputs.slice(0, states) as Tensor1D[], answers: outputs.slice(states) as Tensor2D[] };
}

function sameBits(a: Tensor, b: Tensor): boolean {
  const [x, y] = [a.dataSync(), b.dataSync()].map((values) => new Uint32Array(values.slice().buffer));
  return x!.length === y!.length && x!.every((bits, i) => bits === y![i]);
}
