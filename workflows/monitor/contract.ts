/** Workflow type of a monitor. */
export const MONITOR_TYPE = 'monitor';

/** Names of its messages. */
export const MONITOR = {
  state: 'state',
  configure: 'configure',
  pause: 'pause',
  resume: 'resume',
  freeze: 'freeze',
  nudge: 'nudge',
} as const;

/** Workflow id of an endpoint's monitor. */
export function monitorId(endpoint: string): string {
  return `monitor/${endpoint}`;
}
