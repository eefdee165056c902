import type { Config } from '../core/config.js';
import { canLoad, sayBackend, whyNotNative } from '../setup/index.js';

/** What trains, and why it is not the native TensorFlow: `WebAssembly, because native TensorFlow is not installed …`. */
export function sayTraining(backend: string, pool: Pick<Config['pools'][string], 'backend'> | undefined): string {
  const said = sayBackend(backend);
  if (backend !== 'wasm') return said;
  if (pool?.backend === 'wasm') return `${said}, because temporal.config.ts says so`;
  if (canLoad('native', false)) return `${said}, because native TensorFlow was not installed when the code was built`;
  const why = whyNotNative();
  return `${said}, because native TensorFlow ${why === undefined ? 'is not installed: npx trainyard setup does it' : `could not be built: ${why}`}`;
}

/** The same for all pools, each backend once. */
export function trainingLines(pools: Config['pools'], backendOf: (pool: Config['pools'][string]) => string): string[] {
  const byBackend = new Map<string, { line: string; pools: string[] }>();
  for (const [name, pool] of Object.entries(pools)) {
    const backend = backendOf(pool);
    const known = byBackend.get(backend) ?? { line: sayTraining(backend, pool), pools: [] };
    byBackend.set(backend, { ...known, pools: [...known.pools, name] });
  }
  const several = byBackend.size > 1;
  return [...byBackend.values()].map(({ line, pools: names }) => (several ? `${names.join(', ')}: ${line}` : line));
}
