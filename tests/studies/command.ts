import { execFile } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Probe } from '../matrix/harness.js';

const program = fileURLToPath(new URL('../../bin/trainyard.js', import.meta.url));

/** How a command ended. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `trainyard` in a probe's project, as a person does: a process of its own, which finds Temporal by itself. */
export function command({ folder }: Probe, ...args: readonly string[]): Promise<Ended> {
  const { CI: _ci, FORCE_COLOR: _force, ...env } = process.env;
  return new Promise((ended) => {
    execFile(process.execPath, [program, ...args], { cwd: path.resolve(folder), env }, (error, out, err) => {
      ended({ code: error === null ? 0 : Number(error.code), out, err });
    });
  });
}
