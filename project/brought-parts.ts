import { pathToFileURL } from 'node:url';
import { isPart, type Part } from '../core/part.js';
import type { PartsOnHand } from '../core/provided-parts.js';
import { placeOf, pluginCodes } from './codes.js';
import type { Codes } from './code-types.js';
import { partsIn } from './parts-in.js';
import { builtInPlugins, loadPlugins, type ProjectBase } from './project.js';

/**
 * The parts of the package and of a project's plugins, as they are whenever one is looked for: whoever opens a new version
 * of a model opens it with the code of the day. Plugins are compiled only for what the package does not have.
 */
export function partsOfProject(project: ProjectBase): PartsOnHand {
  const packaged = builtInParts();
  const parts = async (): Promise<PartsOnHand> => {
    const { brought } = await pluginCodes({ ...project, plugins: await loadPlugins(project) });
    return partsIn(brought.map(placeOf));
  };
  return {
    names: async (sort) => (await parts()).names(sort),
    // Names are unique: pluginCodes refuses a plugin's part that is called as one of the package.
    find: async (sort, name) => (await packaged.find(sort, name)) ?? (await parts()).find(sort, name),
  };
}

/** The parts that codes name: those of the package from its own modules. */
export function partsOfCodes(brought: Codes['brought']): PartsOnHand {
  const packaged = builtInParts();
  const parts = partsIn(brought.map(placeOf));
  return {
    names: (sort) => parts.names(sort),
    find: async (sort, name) => (await packaged.find(sort, name)) ?? parts.find(sort, name),
  };
}

/** All parts of a sort. */
export async function allOf(parts: PartsOnHand, sort: string): Promise<readonly Part[]> {
  const found = await Promise.all((await parts.names(sort)).map((name) => parts.find(sort, name)));
  return found.filter((part) => part !== undefined);
}

/** The parts that come with this package, from its own modules: where there is no project, as in a test of a node. */
export function builtInParts(): PartsOnHand {
  let known: Promise<readonly Part[]> | undefined;
  const parts = (): Promise<readonly Part[]> =>
    (known ??= (async () => {
      const modules = (await builtInPlugins()).flatMap(({ partsFile }) => partsFile ?? []);
      const loaded = await Promise.all(
        modules.map(async (file) => (await import(pathToFileURL(file).href)) as Record<string, unknown>),
      );
      return loaded.flatMap((module) => Object.values(module).filter(isPart));
    })());
  return {
    names: async (sort) => (await parts()).filter(({ part }) => part === sort).map(({ name }) => name),
    find: async (sort, name) => (await parts()).find((one) => one.part === sort && one.name === name),
  };
}
