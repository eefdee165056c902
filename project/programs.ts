import { statSync } from 'node:fs';
import { TrainyardError } from '@trainyard/errors';
import { canonical } from '../core/json.js';
import type { PartsOnHand } from '../core/provided-parts.js';
import type { Runtime } from '../core/runtime-kind.js';
import { hashText } from './code-hash.js';
import type { NodeCode } from './code-types.js';
import { noteSources } from './compile.js';
import type { Project } from './project.js';

/** Files that programs of nodes are made of beside their modules, as full paths, sorted. */
export async function sourcesOfPrograms(
  nodes: readonly Pick<NodeCode, 'node' | 'program'>[],
  parts: PartsOnHand,
): Promise<string[]> {
  const found = await Promise.all(
    nodes.map(async ({ node, program }) => {
      if (program === undefined) return [];
      return (await (await runtimeOf(program, node, parts)).sources?.(program.said as never)) ?? [];
    }),
  );
  const isFolder = (file: string): boolean => statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false;
  return [...new Set(found.flat())].filter((file) => !isFolder(file)).sort();
}

/** The runtime of a program. Throws TY-CONFIG where no plugin brings it. */
async function runtimeOf(
  { runtime: name }: NonNullable<NodeCode['program']>,
  node: string,
  parts: PartsOnHand,
): Promise<Runtime & Required<Pick<Runtime, 'place'>>> {
  const runtime = (await parts.find('runtime', name)) as Runtime | undefined;
  if (runtime?.place) return runtime as Runtime & Required<Pick<Runtime, 'place'>>;
  throw new TrainyardError('TY-CONFIG', {
    what: `${node} is a program of the runtime "${name}", and no plugin brings it`,
    where: { node, field: 'plugins' },
    remedy: 'name the plugin of the runtime in temporal.config.ts',
  });
}

/** A node's code together with what its program is made of beside its module, as that is now. */
export async function withProgram(
  code: NodeCode,
  parts: PartsOnHand,
  { build, root }: Pick<Project, 'build' | 'root'>,
): Promise<NodeCode> {
  if (code.program === undefined) return code;
  const { runtime: name, said } = code.program;
  const runtime = await runtimeOf(code.program, code.node, parts);
  noteSources((await runtime.sources?.(said as never)) ?? []);
  const placed = await runtime.place(said as never, { into: build, root });
  return {
    ...code,
    placed,
    hash: hashText(canonical([code.hash, name, placed.hash])),
    parts: { ...code.parts, files: [...code.parts.files, ...placed.files] },
  };
}
