import type { MonitorConfig, Pending, WindowRecord } from './contract.js';
import type { TakenWindow } from './ledger.js';

/** A retraining as the plain rules know it: what it did, never forgotten. */
interface PlainRetraining {
  readonly number: number;
  readonly startedAt: number;
  endedAt?: number;
  promoted?: boolean;
}

/** What happened, in its order; the rules look back over all of it. */
type PlainEvent =
  | { readonly what: 'window'; readonly window: WindowRecord }
  | { readonly what: 'begun' | 'not better' | 'promoted' | 'other reference' };

/**
 * The rules of a monitor as plainly as they can be said: nothing is kept up to date, everything is computed anew from all
 * that has ever happened, for tests of the ledger, which forgets.
 */
export class PlainMonitor {
  readonly events: PlainEvent[] = [];
  readonly retrainings: PlainRetraining[] = [];
  frozen = false;

  constructor(public config: MonitorConfig) {}

  windows(): WindowRecord[] {
    return this.events.flatMap((event) => (event.what === 'window' ? [event.window] : []));
  }

  count({ window }: TakenWindow): void {
    this.events.push({ what: 'window', window });
  }

  configure(config: MonitorConfig): void {
    if (config.reference.digest !== this.config.reference.digest) this.events.push({ what: 'other reference' });
    this.config = config;
  }

  begin(startedAt: number): void {
    this.retrainings.push({ number: this.retrainings.length + 1, startedAt });
    this.events.push({ what: 'begun' });
  }

  end(endedAt: number, promoted: boolean): void {
    Object.assign(this.retrainings.at(-1)!, { endedAt, promoted });
    this.events.push({ what: promoted ? 'promoted' : 'not better' });
  }

  get underWay(): boolean {
    const last = this.retrainings.at(-1);
    return last !== undefined && last.endedAt === undefined;
  }

  /** Drift since the model that serves, or the reference, is what it is. */
  pending(): Pending | null {
    const settled = this.events.findLastIndex(({ what }) => what === 'promoted' || what === 'other reference');
    const since = this.events.slice(settled + 1);
    const first = since.findIndex((event) => event.what === 'window' && event.window.drifted);
    if (first < 0) return null;
    const windows = since.slice(first).flatMap((event) => (event.what === 'window' ? [event.window] : []));
    const drifted = windows.filter((window) => window.drifted);
    const lastDrift = since.findLastIndex((event) => event.what === 'window' && event.window.drifted);
    const lastAnswer = since.findLastIndex(({ what }) => what === 'begun' || what === 'not better');
    return {
      since: drifted[0]!.number,
      last: drifted.at(-1)!.number,
      columns: [...new Set(drifted.flatMap(({ findings }) => findings.map(({ column }) => column)))].sort(),
      says: drifted.at(-1)!.findings.map(({ says }) => says),
      tables: windows.map(({ table }) => table).slice(-20),
      open: lastDrift > lastAnswer,
    };
  }

  /** Numbers of the retrainings whose rows are normal by now: of the last four that were promoted on this reference. */
  accepted(): number[] {
    const reference = this.events.findLastIndex(({ what }) => what === 'other reference');
    const begun = (until: number): number => this.events.slice(0, until).filter(({ what }) => what === 'begun').length;
    return this.events.flatMap(({ what }, at) => (what === 'promoted' && at > reference ? [begun(at)] : [])).slice(-4);
  }

  /** Whether nothing stands against a retraining at a time. */
  mayBegin(now: number): boolean {
    const { retrain } = this.config;
    if (retrain === null || !this.pending()?.open || this.underWay || this.frozen) return false;
    const month = this.retrainings.filter(({ startedAt }) => startedAt > now - 30 * 86_400_000);
    const last = this.retrainings.at(-1)?.endedAt;
    return month.length < retrain.most && (last === undefined || now >= last + retrain.cooldownMs);
  }
}
