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
