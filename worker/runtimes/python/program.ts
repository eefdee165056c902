import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { TrainyardError } from '@trainyard/errors';
import type { AnyContract, Contract } from '../../../core/contract.js';
import { implementation, type Implementation } from '../../../core/implementation.js';
import type { Kind } from '../../../core/kinds.js';
import { runtime } from '../../../core/runtime-kind.js';
import type { Ports } from '../../../core/wiring.js';
import type { z } from 'zod';
import { placePython, sourcesOf } from './place.js';
import type { PythonProgram } from './programs.js';
import { runPython } from './run.js';

/** Runs a function in Python, in a process and a locked environment of its own. */
export const pythonRuntime = runtime<PythonProgram>({
  name: 'python',
  title: 'A function in Python, in a locked environment of its own',
  place: placePython,
  sources: sourcesOf,
  run: runPython,
});

export interface PythonOptions {
  /** The module's file: `new URL('./fit.py', import.meta.url)`. Every `.py` file of its package folder is part of the key. */
  readonly module: URL;
  /** The function of the module that does the work: `run` by default. It is called with `(params, inputs, ctx)`. */
  readonly function?: string;
  /**
   * A requirements file in which every package is pinned with its hashes, as `trainyard python lock` or `uv pip compile
   * --generate-hashes` write it: `new URL('./requirements.txt', import.meta.url)`. Without it only the standard library is there.
   */
  readonly requirements?: URL;
  /** Version of Python, `3.11` or, to the last number, `3.11.7`: part of the key, so it is stated and not looked up. */
  readonly python: `3.${number}` | `3.${number}.${number}`;
}

/**
 * Gives a contract its work as a function in Python. It runs in a process of its own, in an environment that is built once on
 * each machine from the requirements, and must be a pure function of its parameters, inputs and seed, unless the contract
 * declares an effect. Key: the contract, the code of the module's package folder, the requirements and the version of Python.
 *
 * ```ts
 * export const fitNode = python(fit, { module: new URL('./fit.py', import.meta.url), python: '3.11' });
 * ```
 * Throws TY-CONFIG for what cannot be meant.
 */
export function python<N extends string, P extends z.ZodType, I extends Ports, O extends Ports | Kind>(
  contract: Contract<N, P, I, O>,
  options: PythonOptions,
): Implementation {
  const { spec } = contract;
  const wrong = (field: string, expected: string, actual: unknown): never => {
    throw new TrainyardError('TY-CONFIG', {
      what: `the Python program of ${spec.name} is not valid`,
      where: { node: spec.name, field },
      expected,
      actual: String(actual),
    });
  };
  const { module, requirements, function: name = 'run', python: version } = options;
  if (!/^3\.\d{1,2}(\.\d{1,2})?$/.test(version))
    wrong('python', "a version of Python such as '3.11' or '3.11.7'", version);
  if (!/^[A-Za-z_]\w*$/.test(name)) wrong('function', 'the name of a function of the module', name);
  const file = (field: string, url: URL): string => {
    if (!(url instanceof URL) || url.protocol !== 'file:')
      wrong(field, 'the URL of a file beside the module that names it', url);
    return fileURLToPath(url);
  };
  const moduleFile = file('module', module);
  if (!/^[A-Za-z_]\w*\.py$/.test(path.basename(moduleFile)))
    wrong('module', 'a file NAME.py whose name Python can import', path.basename(moduleFile));
  if (spec.light)
    wrong('light', 'no light: true, since a process of Python takes longer to start than a light node may take', true);
  return implementation(contract as unknown as AnyContract, pythonRuntime, {
    module: moduleFile,
    function: name,
    ...(requirements === undefined ? {} : { requirements: file('requirements', requirements) }),
    python: version,
  });
}
