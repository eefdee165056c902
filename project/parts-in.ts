import { pathToFileURL } from 'node:url';
import { TrainyardError } from '@trainyard/errors';
import { isPart, type BroughtPart, type Part } from '../core/part.js';
import type { PartsOnHand } from '../core/provided-parts.js';

/** Parts that lie in compiled modules, each loaded when it is looked for first. */
export function partsIn(brought: readonly BroughtPart[]): PartsOnHand {
  const loaded = new Map<string, Promise<Part>>();
  return {
    names: async (sort) => brought.filter(({ part }) => part === sort).map(({ name }) => name),
    find: async (sort, name) => {
      const found = brought.find((one) => one.part === sort && one.name === name);
      if (!found) return undefined;
      const id = `${found.module}#${found.exportName}`;
      let part = loaded.get(id);
      if (!part) loaded.set(id, (part = load(found)));
      return part;
    },
  };
}

async function load({ part, name, module, exportName }: BroughtPart): Promise<Part> {
  const found = ((await import(pathToFileURL(module).href)) as Record<string, unknown>)[exportName];
  if (isPart(found) && found.part === part && found.name === name) return found;
  throw new TrainyardError('TY-CODE', {
    what: `${exportName} is not the ${part} "${name}"`,
    where: { file: module },
    remedy: 'start the worker again',
  });
}
