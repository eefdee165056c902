import { writeSync } from 'node:fs';

/** One step of the lifecycle, as the demo's result lists it. */
export interface Step {
  readonly step: string;
  readonly seconds: number;
  readonly [fact: string]: unknown;
}

/** Prints for people, or stays silent and keeps everything for the JSON at the end. */
export class Report {
  readonly steps: Step[] = [];
  readonly #json: boolean;
  readonly #started = Date.now();

  constructor(json: boolean) {
    this.#json = json;
  }

  say(line: string): void {
    if (!this.#json) writeSync(1, `${line}\n`);
  }

  heading(text: string): void {
    const seconds = Math.round((Date.now() - this.#started) / 1000);
    this.say(`\n── ${text} ${'─'.repeat(Math.max(3, 70 - text.length))} ${seconds} s`);
  }

  /** Does a step and takes its time. */
  async step<T>(
    name: string,
    work: () => Promise<T>,
    facts: (result: T) => Record<string, unknown> = () => ({}),
  ): Promise<T> {
    const start = Date.now();
    const result = await work();
    this.add(name, (Date.now() - start) / 1000, facts(result));
    return result;
  }

  add(step: string, seconds: number, facts: Record<string, unknown> = {}): void {
    this.steps.push({ step, seconds: Math.round(seconds * 1000) / 1000, ...facts });
  }

  get seconds(): number {
    return (Date.now() - this.#started) / 1000;
  }

  end(result: Record<string, unknown>): void {
    if (this.#json) writeSync(1, `${JSON.stringify({ ...result, steps: this.steps, seconds: this.seconds })}\n`);
  }
}
