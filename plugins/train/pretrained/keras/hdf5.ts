import { readFile } from 'node:fs/promises';
import type { Dataset, File, Group } from 'h5wasm';
import { UserError } from '@trainyard/errors';
import type { StoredTensor } from '../../../../models/index.js';

/** An HDF5 file, opened. */
export interface Hdf5 {
  /** An attribute of a group, of the file where none is named: text or lists of it. */
  attribute(group: string, name: string): string | readonly string[] | undefined;
  /** Names of what a group holds; undefined where there is no such group. */
  names(group: string): readonly string[] | undefined;
  /** A tensor: its shape at once, its numbers when asked for. */
  tensor(path: string): StoredTensor | undefined;
  close(): void;
}

/** Files that are open, each under a name of its own. */
let opened = 0;

/**
 * Opens a file by HDF5's own library, compiled to WebAssembly. The library sees this file and no other: HDF5 may name further files for
 * its data, which would be read unseen. Throws a UserError where it is none, or cut short.
 */
export async function readHdf5(path: string, said: string): Promise<Hdf5> {
  // The entry for browsers, whose files are in memory; the one for Node works on the disk.
  const { default: h5wasm } = await import('./h5wasm.bundled.js');
  const library = await h5wasm.ready;
  // Else it says to the process's standard error what is wrong, and goes on with what happens to be in memory.
  const strictly = <T>(work: () => T): T => {
    library.activate_throwing_error_handler();
    try {
      return work();
    } finally {
      library.deactivate_throwing_error_handler();
    }
  };
  const place = `/given-${++opened}.h5`;
  library.FS.writeFile(place, await readFile(path));
  const damaged = (cause: unknown): UserError =>
    new UserError(`${said} is no whole HDF5 file`, {
      where: { file: said },
      cause,
      remedy: 'fetch it again, and compare its digest with the one that its origin states',
    });
  let file: File;
  try {
    file = strictly(() => new h5wasm.File(place, 'r'));
  } catch (cause) {
    library.FS.unlink(place);
    throw damaged(cause);
  }
  const at = (name: string): Group | Dataset | undefined => {
    const found = name === '' ? file : (file.get(name) as unknown);
    return found === null ? undefined : (found as Group | Dataset);
  };
  const group = (name: string): Group | undefined => {
    const found = at(name);
    return found && 'keys' in found ? found : undefined;
  };
  return {
    attribute: (name, attribute) => {
      const value = at(name)?.attrs[attribute]?.value as unknown;
      if (typeof value === 'string') return value;
      return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : undefined;
    },
    names: (name) => group(name)?.keys(),
    tensor: (name) => {
      const found = at(name);
      if (!found || 'keys' in found || !found.shape) return undefined;
      const { shape } = found;
      return {
        name,
        shape: [...shape],
        values: async () => {
          let value: unknown;
          try {
            value = strictly(() => found.value);
          } catch (cause) {
            throw new UserError(
              `${name} of ${said} cannot be read: it is damaged, or names another file for its numbers`,
              {
                where: { file: said },
                cause,
                expected: 'one file with all its numbers in it',
              },
            );
          }
          if (value instanceof Float32Array || value instanceof Float64Array) return value;
          if (ArrayBuffer.isView(value)) return Float32Array.from(value as unknown as ArrayLike<number>);
          if (typeof value === 'number') return Float32Array.of(value);
          throw new UserError(`${name} of ${said} holds no numbers`, { where: { file: said } });
        },
      };
    },
    close: () => {
      file.close();
      library.FS.unlink(place);
    },
  };
}
