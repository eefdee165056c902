/** What whoever starts a service gives it. */
export interface ServiceHooks {
  readonly say: (line: string) => void;
  readonly signal: AbortSignal;
  /** Takes how to end what was started. */
  readonly ends: (() => Promise<unknown>)[];
}
