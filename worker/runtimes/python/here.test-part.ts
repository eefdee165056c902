import { execFileSync } from 'node:child_process';
import type { PythonOptions } from './index.js';

/** The Python of this machine, whichever it is. */
export const pythonHere = execFileSync('python3', ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'], {
  encoding: 'utf8',
}).trim() as PythonOptions['python'];
