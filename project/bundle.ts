import { createRequire } from 'node:module';
import path from 'node:path';
import type { BundleOptions } from '@temporalio/worker';
import { TrainyardError } from '@trainyard/errors';
import { releaseClaim, takeClaim } from '../setup/index.js';
import { packageVersion } from './package-root.js';
import { isPrepared, preparedSandbox, type FoundSandbox } from './prepared-sandbox.js';

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
  const prepared = await preparedSandbox();
  const { twice, ...bundled } = await bundleWith(entry, keepIn, prepared);
  if (!twice) return bundled;
  // Somebody imports by another way what was prepared, and two of one module know nothing of each other.
  const { twice: _, ...whole } = await bundleWith(entry, keepIn, undefined);
  return whole;
}

async function bundleWith(
  entry: string,
  keepIn: string,
  prepared: FoundSandbox | undefined,
): Promise<Bundled & { readonly twice: boolean }> {
  const { bundleWorkflowCode } = await import('@temporalio/worker');
  const claim = path.join(keepIn, 'owner');
  const isOurs = takeClaim(claim) === undefined;
  const problems: string[] = [];
  const note = (message: string): void => void problems.push(message);
  const quiet = () => undefined;
  let compiled = 0;
  let twice = false;
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
          (compiler) => {
            compiler.hooks.normalModuleFactory.tap('trainyard', ({ hooks }) =>
              hooks.afterResolve.tap('trainyard', ({ createData: found }) => {
                const other = found.resource === undefined ? undefined : prepared?.modules.get(found.resource);
                if (found.resource === undefined || other === undefined) return;
                const request = found.request?.replaceAll(found.resource, other) ?? other;
                Object.assign(found, { resource: other, userRequest: other, context: path.dirname(other), request });
              }),
            );
            compiler.hooks.compilation.tap('trainyard', ({ hooks }) => {
              hooks.buildModule.tap({ name: 'trainyard', stage: AFTER_OTHERS }, (module) => {
                compiled++;
                if (isPrepared(module.nameForCondition() ?? ''))
                  module.useSourceMap = module.useSimpleSourceMap = false;
              });
              hooks.succeedModule.tap('trainyard', (module) => {
                // Merged with what is edited, all of it would be parsed again at each edit.
                if (module.buildInfo && isPrepared(module.nameForCondition() ?? ''))
                  module.buildInfo['moduleConcatenationBailout'] = 'prepared';
              });
              hooks.finishModules.tap('trainyard', (modules) => {
                for (const module of modules) twice ||= prepared?.holds(module.nameForCondition() ?? '') ?? false;
              });
            });
          },
        ],
      }),
    });
    return { code, compiled, twice };
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

/** After the bundler has said what it wants of each module's lines. */
const AFTER_OTHERS = 1;

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
