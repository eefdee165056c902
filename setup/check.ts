import { totalmem } from 'node:os';
import { isTrainyardError } from '@trainyard/errors';
import { findBinary, type BinaryName } from './binaries.js';
import { findChromium } from './chromium.js';
import { findPython } from './fetch-wheels.js';
import { anyInterpreters } from './interpreter.js';
import { findLightgbm } from './lightgbm.js';
import { runProgram } from './program.js';
import { findCompiler } from './tensorflow-build.js';
import { findTensorflow } from './tensorflow-install.js';
import { freeBytes, toolsFolder } from './tools-folder.js';

/** One line of `trainyard doctor`. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** Without it: `required` nothing runs, `fetching` something must be installed by hand, `speed` it runs slower, `trees` boosted trees are neither trained nor served, `python nodes` nodes in Python do not run, `tests` some tests cannot run. */
  readonly neededFor: 'required' | 'fetching' | 'speed' | 'trees' | 'python nodes' | 'tests';
  /** What was found: a version, a path, an amount. */
  readonly found?: string;
  readonly problem?: string;
  readonly remedy?: string;
}

export interface CheckOptions {
  readonly tools?: string | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
}

const giga = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

async function firstLine(path: string, args: string[]): Promise<string> {
  const { output } = await runProgram(path, args, { timeoutMs: 10_000 });
  return output.trim().split('\n')[0]?.trim() ?? '';
}

/** Turns an error of the catalogue into a line; anything else is ours and goes on. */
async function check(
  name: string,
  neededFor: Check['neededFor'],
  look: () => Promise<string> | string,
): Promise<Check> {
  try {
    return { name, neededFor, ok: true, found: await look() };
  } catch (error) {
    if (!isTrainyardError(error)) throw error;
    return { name, neededFor, ok: false, problem: error.what, remedy: error.remedy };
  }
}

function nodeCheck(): Check {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const ok = major > 20 || (major === 20 && minor >= 3);
  const line = { name: 'node', neededFor: 'required', ok, found: `${process.version} (${process.execPath})` } as const;
  if (ok) return line;
  const remedy = 'Install Node 20.3 or later (22 and 24 are tested as well).';
  return { ...line, problem: `Node ${process.versions.node} is too old.`, remedy };
}

async function binaryCheck(
  name: BinaryName,
  options: CheckOptions,
  neededFor: Check['neededFor'] = 'required',
): Promise<Check> {
  return check(name, neededFor, async () => {
    const { path, source } = await findBinary(name, { ...options, download: false });
    return `${await firstLine(path, ['--version'])} (${source}: ${path})`;
  });
}

/** Which Python runs nodes; whether its version is the one that a node states is said when that node runs. */
function pythonNodesCheck(env: NodeJS.ProcessEnv): Promise<Check> {
  return check('python nodes', 'python nodes', async () => {
    const found = await anyInterpreters(env);
    return found.map(({ version, path }) => `Python ${version} (${path})`).join(', ');
  });
}

async function uvCheck(options: CheckOptions): Promise<Check> {
  const found = await binaryCheck('uv', options, 'python nodes');
  if (found.ok) return found;
  return {
    ...found,
    remedy: 'Nothing: it is fetched (18 MB) when an environment is built first, or by npx trainyard setup uv',
  };
}

function lightgbmCheck(tools: string): Check {
  const line = { name: 'lightgbm', neededFor: 'trees' } as const;
  try {
    const found = findLightgbm({ tools });
    if (found) return { ...line, ok: true, found: `${found.version} (${found.path})` };
  } catch (error) {
    if (!isTrainyardError(error)) throw error;
    return { ...line, ok: false, problem: error.what, remedy: 'Train and serve trees on another kind of machine.' };
  }
  return { ...line, ok: false, problem: 'LightGBM was not fetched.', remedy: 'Run: npx trainyard setup lightgbm' };
}

function diskCheck(tools: string, installed: boolean): Check {
  const free = freeBytes(tools);
  // TensorFlow's wheel with what is unpacked from it, Temporal, and room for the artifacts of a demo.
  const wanted = installed ? 1e9 : 2.5e9;
  const line = {
    name: 'disk',
    neededFor: 'required',
    ok: free >= wanted,
    found: `${giga(free)} free in ${tools}`,
  } as const;
  if (line.ok) return line;
  const remedy = 'Free some space, or put the tools elsewhere: TRAINYARD_CACHE=/another/folder';
  return { ...line, problem: `${giga(wanted)} should be free.`, remedy };
}

function memoryCheck(): Check {
  const limit = process.constrainedMemory?.() ?? 0;
  const memory = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  // The server takes 0.2 GB, an executor with TensorFlow 0.6, the worker and the web server 0.3.
  const line = { name: 'memory', neededFor: 'required', ok: memory >= 2e9, found: giga(memory) } as const;
  if (line.ok) return line;
  return { ...line, problem: 'There should be 2.0 GB.', remedy: 'Give the machine or the container more memory.' };
}

/**
 * What is here and what is missing, each with what to do: nothing is fetched or changed. Takes under a second.
 */
export async function checkSetup(options: CheckOptions = {}): Promise<Check[]> {
  const env = options.env ?? process.env;
  const tools = options.tools ?? toolsFolder(env);
  const tensorflow = findTensorflow({ tools });
  const compiler = findCompiler(env);
  return [
    nodeCheck(),
    ...(await Promise.all([
      check('python', 'fetching', async () => {
        const path = await findPython('what is missing', env);
        return `${await firstLine(path, ['--version'])} (${path})`;
      }),
      binaryCheck('temporal', options),
      binaryCheck('valkey', options),
      pythonNodesCheck(env),
      uvCheck(options),
    ])),
    tensorflow
      ? {
          name: 'tensorflow',
          neededFor: 'speed',
          ok: true,
          found: `${tensorflow.tensorflowVersion} (${tensorflow.path})`,
        }
      : {
          name: 'tensorflow',
          neededFor: 'speed',
          ok: false,
          problem:
            'The native binding is not installed: dense nets are trained on WebAssembly, convolutions cannot be.',
          remedy: 'Run: npx trainyard setup',
        },
    compiler
      ? { name: 'compiler', neededFor: 'speed', ok: true, found: compiler }
      : {
          name: 'compiler',
          neededFor: 'speed',
          ok: tensorflow !== undefined,
          problem: 'No C++ compiler was found; the native binding of TensorFlow is built with one.',
          remedy: 'Install it (Debian, Ubuntu: apt-get install g++; macOS: xcode-select --install), or name it by CXX.',
        },
    lightgbmCheck(tools),
    diskCheck(tools, tensorflow !== undefined),
    memoryCheck(),
    await check('chromium', 'tests', async () => {
      const { path, source } = await findChromium({ tools, env, unpack: false });
      return `${source}: ${path}`;
    }),
  ];
}
