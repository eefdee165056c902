import { packageVersion } from '../project/package-root.js';

/** Versions of what computes nodes here, for their records. */
export function libraryVersions(): { [name: string]: string } {
  return {
    trainyard: packageVersion(),
    node: process.versions.node,
    v8: process.versions.v8,
    platform: `${process.platform}-${process.arch}`,
  };
}
