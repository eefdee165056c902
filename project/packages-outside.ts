import { realpathSync } from 'node:fs';
import path from 'node:path';
import type { OnResolveArgs, Plugin, PluginBuild } from 'esbuild';
import { packageRoot } from '../setup/package-root.js';

/** Set on the questions that the plugin itself asks. */
const ASKED = Symbol('asked');

/**
 * Leaves installed packages out of a bundle; `name` gives what the bundle imports in their place. Everything else is
 * bundled: files, aliases of `tsconfig.json`, and linked packages of a workspace, whose code changes without a new
 * version. What a package says to be free of side effects counts only where it is used.
 */
export function packagesOutside(name: (asked: OnResolveArgs) => string): Plugin {
  return {
    name: 'packages-outside',
    setup(on) {
      on.onResolve({ filter: /^[^./]/ }, async (args) => {
        if (args.pluginData === ASKED || args.kind === 'entry-point') return undefined;
        const found = await resolve(on, args);
        if (found.external || found.errors.length > 0)
          return { path: args.path, external: true, sideEffects: !args.path.startsWith('node:') };
        // Not `found`: a file that a plugin resolved has lost what its tsconfig.json says, and one that is imported by name and by
        // its path would be compiled one way or the other, whichever import is seen first.
        if (!isInstalled(found.path, args.resolveDir)) return undefined;
        return { path: name(args), external: true, sideEffects: found.sideEffects };
      });
    },
  };
}

function resolve(on: PluginBuild, { path: name, kind, importer, resolveDir, namespace }: OnResolveArgs) {
  return on.resolve(name, { kind, importer, resolveDir, namespace, pluginData: ASKED });
}

/** Whether a file belongs to a package that `npm install` put there; this package's own code is one to all others. */
function isInstalled(file: string, from: string): boolean {
  const own = path.join(packageRoot(), 'dist');
  const isOwn = (one: string): boolean => !path.relative(own, realpathSync(one)).startsWith('..');
  return isOwn(file) ? !isOwn(from) : realpathSync(file).split(path.sep).includes('node_modules');
}
