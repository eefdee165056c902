import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, release } from 'node:os';
import { packageVersion } from '../project/package-root.js';
import { findTensorflow, portableVersions } from '../setup/index.js';

const require = createRequire(import.meta.url);

/** Packages whose version a result may depend on, by the name that they have in records. */
const PACKAGES: Readonly<Record<string, string>> = {
  duckdb: '@duckdb/node-api',
  'ml-hyperparameter': 'ml-hyperparameter',
  zod: 'zod',
};

/**
 * Versions of what computes nodes here and the machine that does, for their records. `tensorflow` is the native library
 * where it is installed; without it nodes use `tfjs-wasm` or `tfjs`.
 */
export function libraryVersions(): { [name: string]: string } {
  const tensorflow = findTensorflow();
  const gpu = findTensorflow({ gpu: true });
  const installed = Object.entries(PACKAGES).flatMap(([name, packageName]) => {
    const version = installedVersion(packageName);
    return version === undefined ? [] : [[name, version]];
  });
  return {
    trainyard: packageVersion(),
    node: process.versions.node,
    v8: process.versions.v8,
    ...(Object.fromEntries(installed) as { [name: string]: string }),
    ...portableVersions(),
    ...(tensorflow ? { tensorflow: tensorflow.tensorflowVersion } : {}),
    ...(gpu ? { 'tensorflow-gpu': gpu.tensorflowVersion } : {}),
    platform: `${process.platform}-${process.arch}`,
    os: release(),
    processor: cpus()[0]?.model.trim() ?? 'unknown',
  };
}

function installedVersion(name: string): string | undefined {
  try {
    const main = require.resolve(name);
    const folder = main.slice(0, main.lastIndexOf(`node_modules/${name}`) + `node_modules/${name}`.length);
    return (JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as { version: string }).version;
  } catch {
    try {
      return (require(`${name}/package.json`) as { version: string }).version;
    } catch {
      return undefined;
    }
  }
}
