import { readdirSync, readFileSync } from 'node:fs';

/** Length of a tick of the kernel's accounts, in ms: 100 a second on every Linux that matters. */
const TICK_MS = 10;

/** Processor time that a process has used so far, in ms, to 10 ms; NaN where the system does not tell. */
export function cpuMs(pid: number): number {
  const fields = fieldsOf(pid);
  return fields === undefined ? NaN : (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}

/** The same of a process and its living children. */
export function cpuMsOfAll(parent: number): number {
  return [parent, ...childrenOf(parent)].reduce((sum, pid) => sum + cpuMs(pid), 0);
}

function childrenOf(parent: number): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && Number(fieldsOf(pid)?.[1]) === parent);
}

/** The fields of `/proc/<pid>/stat` from the state on, which follows the program's name in brackets. */
function fieldsOf(pid: number): string[] | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ');
  } catch {
    return undefined;
  }
}

/** Processor time of a process group, with what its processes' ended children used, in ms. */
export function cpuMsOfGroup(leader: number): number {
  const groups = readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0)
    .map(fieldsOf)
    .filter((fields) => Number(fields?.[2]) === leader);
  return groups.reduce(
    (sum, fields) => sum + TICK_MS * [11, 12, 13, 14].reduce((all, i) => all + Number(fields?.[i]), 0),
    0,
  );
}
