const UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const WORDS: Record<string, string> = {
  millisecond: 'ms',
  second: 's',
  minute: 'm',
  hour: 'h',
  day: 'd',
  min: 'm',
  sec: 's',
};

/** A length of time: a number of milliseconds, or words such as `'30 minutes'`, `'5s'`, `'2 days'`. */
export type Duration = number | string;

/** Milliseconds of a duration; `undefined` when the words say no length of time. */
export function durationMs(duration: Duration): number | undefined {
  if (typeof duration === 'number') return Number.isFinite(duration) && duration >= 0 ? duration : undefined;
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*$/i.exec(duration);
  if (!match?.[1] || !match[2]) return undefined;
  const word = match[2].toLowerCase();
  const unit = UNITS[word] ?? UNITS[WORDS[word.replace(/s$/, '')] ?? ''];
  return unit === undefined ? undefined : Number(match[1]) * unit;
}

/** Milliseconds for people: `850 ms`, `12 s`, `3 m 20 s`, `2 h 5 m`. */
export function sayDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = Math.round(ms / 1000);
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 === 0 ? `${minutes} m` : `${minutes} m ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} m`;
}

/** Time left for people: `about 12 s left`; undefined when it is not known, and when it has run out before the work has. */
export function sayLeft(ms: number | undefined): string | undefined {
  return ms === undefined || ms < 1000 ? undefined : `about ${sayDuration(ms)} left`;
}

/** A number of things: `1 pipeline`, `2 pipelines`. */
export function sayCount(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

const BYTES: Record<string, number> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
};

/** Bytes of a size such as `'1GB'` or `'512 MiB'`; `undefined` when it says no size. */
export function sizeBytes(size: number | string): number | undefined {
  if (typeof size === 'number') return Number.isFinite(size) && size >= 0 ? size : undefined;
  const match = /^\s*(\d+(?:\.\d+)?)\s*([a-z]+)\s*$/i.exec(size);
  const unit = BYTES[match?.[2]?.toLowerCase() ?? ''];
  return match?.[1] && unit ? Number(match[1]) * unit : undefined;
}

/** Bytes for people: `512 B`, `3.4 kB`, `274 MB`. */
export function sayBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const [unit, size] = bytes < 1e6 ? ['kB', bytes / 1e3] : bytes < 1e9 ? ['MB', bytes / 1e6] : ['GB', bytes / 1e9];
  return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${unit}`;
}
