import type { AnyContract } from './node.js';
import type { Runtime } from './runtime-kind.js';

/** A contract with the program that does its work, and the runtime that runs such programs. */
export interface Implementation {
  readonly contract: AnyContract;
  readonly runtime: Runtime;
  readonly program: unknown;
}

const BRAND = Symbol.for('trainyard.implementation');

/** Brands a contract and the program that does its work. */
export function implementation<Program>(
  contract: AnyContract,
  runtime: Runtime<Program>,
  program: Program,
): Implementation {
  return { [BRAND]: true, contract, runtime, program } as unknown as Implementation;
}

export function isImplementation(value: unknown): value is Implementation {
  return typeof value === 'object' && value !== null && BRAND in value;
}
