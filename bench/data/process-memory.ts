import { readFileSync } from 'node:fs';

/** The most memory that this process has had so far, MB (`VmHWM` of Linux); NaN where the system does not tell. */
export function peakMb(): number {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
    return Number(kilobytes) / 1024;
  } catch {
    return NaN;
  }
}
