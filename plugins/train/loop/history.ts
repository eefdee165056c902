/** What validation rows say: the watched loss, and figures by name. */
export interface Validation {
  readonly loss: number;
  readonly [figure: string]: number;
}

/** A look at the losses: at the end of each epoch, and within it where the trainer is told so. */
export interface Look {
  /** Counted from 1. */
  readonly epoch: number;
  /** Steps done in the epoch, where it has not ended. */
  readonly step?: number | undefined;
  /** Mean over the batches since the last look of the epoch, each before its step, with dropout and class weights, without penalty. */
  readonly trainLoss: number;
  readonly validation?: Validation | undefined;
  /** Of the last step. */
  readonly learningRate?: number | undefined;
}

/** Why training ended. */
export type Stop =
  | { readonly kind: 'epochs' }
  | { readonly kind: 'patience'; readonly epochs: number }
  | { readonly kind: 'patience'; readonly looks: number }
  | { readonly kind: 'diverged'; readonly epoch: number }
  | { readonly kind: 'budget'; readonly budget: string };

/** A finished training. */
export interface History {
  readonly looks: readonly Look[];
  /** Look whose weights were kept, counted from 1. */
  readonly best: number;
  readonly stop: Stop;
}

/** When a look was, in words. */
export const sayLook = ({ epoch, step }: Look): string =>
  step === undefined ? `epoch ${epoch}` : `step ${step} of epoch ${epoch}`;

/** Why training ended, in words. */
export function sayStop(stop: Stop): string {
  switch (stop.kind) {
    case 'epochs':
      return 'all epochs were done';
    case 'patience':
      return `the validation loss did not fall for ${'epochs' in stop ? `${stop.epochs} epochs` : `${stop.looks} looks at it`}`;
    case 'budget':
      return `the budget of ${stop.budget} was used up`;
    case 'diverged':
      return `the loss was no longer a number in epoch ${stop.epoch}`;
  }
}
