import { readFileSync } from 'node:fs';

/**
 * Memory of processes in MB, what they share divided among all that share it (`Pss` of Linux); NaN where the system does
 * not tell.
 */
export function memoryMb(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + shareOf(pid), 0);
}

function shareOf(pid: number): number {
  try {
    const [, kilobytes] = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')) ?? [];
    return Number(kilobytes) / 1024;
  } catch {
    return NaN;
  }
}
