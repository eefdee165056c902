/** Optuna's own process. */
import { join } from 'node:path';
import { peerPython } from '../../peer-python.js';

/** Python with Optuna; `gp` adds PyTorch, which Optuna's Gaussian process wants. */
export function optunaPython(folder: string, gp: boolean): string {
  const files = ['requirements.txt', ...(gp ? ['requirements-gp.txt'] : [])].map((name) => join(folder, name));
  return peerPython('optuna', files, gp ? 'some gigabytes' : '300 MB');
}
