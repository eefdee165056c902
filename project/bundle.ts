import { createRequire } from 'node:module';
import path from 'node:path';
import type { BundleOptions } from '@temporalio/worker';
import { TrainyardError } from '@trainyard/errors';
import { releaseClaim, takeClaim } from '../setup/index.js';
import { packageVersion } from './package-root.js';

type Webpack = Parameters<NonNullable<BundleOptions['webpackConfigHook']>>[0];

export interface Bundled {
  readonly code: string;
  /** Modules that were compiled; the others were as in an earlier bundle. */
  readonly compiled: number;
}

/**
 * Bundles for the Workflow sandbox what an entry imports. What webpack has made of a module is kept in a folder, by the
 * digest of its file, so that after an edit only what was edited is compiled. One process at a time uses the folder;
 * whoever comes meanwhile does without.
 */
export async function bundle(entry: string, keepIn: string): Promise<Bundled> {
  const { bundleWorkflowCode } = await import('@temporalio/worker');
  const claim = path.join(keepIn, 'owner');
  const isOurs = takeClaim(claim) === undefined;
  const problems: string[] = [];
  const note = (message: string): void => void problems.push(message);
  const quiet = () => undefined;
  let compiled = 0;
  try {
    const { code } = await bundleWorkflowCode({
      workflowsPath: entry,
      logger: { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: note, error: note },
      webpackConfigHook: (config) => ({
        ...config,
        ...(isOurs ? keeping(keepIn) : { cache: false }),
        // Else each call of an imported function goes through a getter: SHA-256 alone takes several times as long.
        optimization: { ...config.optimization, providedExports: true, usedExports: true, concatenateModules: true },
        resolve: {
          ...config.resolve,
          modules: [...(config.resolve?.modules ?? []), 'node_modules', ownModules()],
          extensionAlias: { '.js': ['.js', '.ts'], '.mjs': ['.mjs', '.mts'] },
        },
        plugins: [
          ...(config.plugins ?? []),
          (compiler) =>
            compiler.hooks.compilation.tap('trainyard', ({ hooks }) =>
              hooks.buildModule.tap('trainyard', () => void compiled++),
            ),
        ],
      }),
    });
    return { code, compiled };
  } catch (cause) {
    throw new TrainyardError('TY-CODE', {
      what: `the pipelines could not be bundled for the Workflow sandbox: ${cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause)}`,
      actual: problems.slice(-3).join('\n'),
      remedy: 'pipelines and contracts may import no Node built-in; move such code into the implementation of a node',
      cause,
    });
  } finally {
    if (isOurs) releaseClaim(claim);
  }
}

/** How long what no bundle has used since stays in the folder. */
const UNUSED_MS = 60_000;

/** Nothing counts as unchanged by its name, its time or the version of its package: what a file holds decides. */
function keeping(folder: string): Pick<Webpack, 'cache' | 'snapshot'> {
  const byContent = { hash: true, timestamp: false };
  return {
    cache: {
      type: 'filesystem',
      cacheDirectory: folder,
      version: `${packageVersion()} ${compiler()}`,
      buildDependencies: { defaultWebpack: [] },
      allowCollectingMemory: false,
      // Each edit leaves 15 MB that the next one does not use.
      maxAge: UNUSED_MS,
    },
    snapshot: { managedPaths: [], immutablePaths: [], module: byContent, resolve: byContent },
  };
}

const require = createRequire(import.meta.url);

/** What compiles, by its versions. */
function compiler(): string {
  const ofWorker = createRequire(require.resolve('@temporalio/worker/package.json'));
  const packages = ['@temporalio/worker', 'webpack', 'swc-loader', 'source-map-loader'];
  return packages.map((name) => (ofWorker(`${name}/package.json`) as { version: string }).version).join(' ');
}

/** Where this package's own dependencies are, which need not be where the project's are. */
function ownModules(): string {
  return path.resolve(path.dirname(require.resolve('@temporalio/workflow/package.json')), '..', '..');
}
