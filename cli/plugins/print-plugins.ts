import { pluginCodes } from '../../project/codes.js';
import { loadProject } from '../../project/project.js';
import { colours, print, printJson, table } from '../terminal.js';

/** Something that a plugin brings, as the catalogue shows it. */
interface Brought {
  /** The package or folder that the configuration names, or `trainyard`. */
  readonly package: string;
  readonly plugin: string;
  /** `node`, `function`, `model kind`, … */
  readonly part: string;
  readonly name: string;
  readonly title: string;
}

/** `trainyard plugins`: everything that plugins bring, by what it is, with the package that it comes with. */
export async function printPlugins(config: string | undefined, json: boolean): Promise<void> {
  const project = await loadProject(config);
  const { brought } = await pluginCodes(project);
  const parts = project.plugins.flatMap(({ name: plugin, builtIn, contracts, composites }): Brought[] => {
    const from = { package: builtIn ? 'trainyard' : plugin, plugin };
    return [
      ...contracts.map(({ spec }) => ({ ...from, part: 'node', name: spec.name, title: spec.title ?? '' })),
      ...composites.map(({ composite: { name, title } }) => ({ ...from, part: 'function', name, title })),
      ...brought
        .filter((one) => one.plugin === plugin)
        .map(({ brings: { part, name, title } }) => ({ ...from, part, name, title })),
    ];
  });
  parts.sort((a, b) => compare(a.part, b.part) || compare(a.name, b.name));
  if (json) return printJson({ parts });
  const rows = parts.map(({ part, name, title, package: from }) => [part, name, from, title]);
  print(table(['part', 'name', 'package', 'title'], rows, { most: 60, whole: true }));
  print(colours.dim('\ntrainyard nodes NAME shows a node in full'));
}

const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
