/** What validation rows say after an epoch. */
export interface Validation {
  /** Nats a row. */
  readonly loss: number;
  readonly accuracy: number;
  readonly f1Macro: number;
}

/** One pass over the training rows. */
export interface Epoch {
  /** Counted from 1. */
  readonly epoch: number;
  /** Mean over the epoch's batches, each before its step, with dropout and class weights, without penalty: nats a row. */
  readonly trainLoss: number;
  readonly validation?: Validation;
}

/** Why training ended. */
export type Stop =
  | { readonly kind: 'epochs' }
  | { readonly kind: 'patience'; readonly epochs: number }
  | { readonly kind: 'diverged'; readonly epoch: number };

/** A finished training. */
export interface History {
  readonly epochs: readonly Epoch[];
  /** Epoch whose weights were kept. */
  readonly bestEpoch: number;
  readonly stop: Stop;
}

/** Why training ended, in words. */
export function sayStop(stop: Stop): string {
  switch (stop.kind) {
    case 'epochs':
      return 'all epochs were done';
    case 'patience':
      return `the validation loss did not fall for ${stop.epochs} epochs`;
    case 'diverged':
      return `the loss was no longer a number in epoch ${stop.epoch}`;
  }
}
