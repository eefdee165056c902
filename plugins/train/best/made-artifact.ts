import { readFile } from 'node:fs/promises';
import { UserError } from '@trainyard/errors';
import type { InputArtifact, OutputArtifact } from '../../../worker/index.js';

/** What one node gave, as another takes it, without the store between: both work in this process. */
export function madeArtifact(kind: string, made: OutputArtifact): InputArtifact {
  const files = made.files ?? {};
  const content = (file: string): NonNullable<OutputArtifact['files']>[string] => {
    const found = files[file];
    if (found === undefined) throw new UserError(`there is no file ${file}`, { where: { file } });
    return found;
  };
  const bytes = async (file: string): Promise<Uint8Array> => {
    const one = content(file);
    if (typeof one === 'string') return new TextEncoder().encode(one);
    return one instanceof Uint8Array ? one : readFile(one.path);
  };
  return {
    ref: { kind, digest: 'sha256-' as never, size: 0 },
    value: made.value as never,
    files: Object.keys(files).sort(),
    bytes,
    text: async (file) => new TextDecoder().decode(await bytes(file)),
    path: async (file) => {
      const one = content(file);
      if (typeof one === 'object' && 'path' in one) return one.path;
      throw new UserError(`the file ${file} is not on the disk`, { where: { file } });
    },
  };
}
