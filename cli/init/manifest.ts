import { TrainyardError } from '@trainyard/errors';

/** What is used of a package.json. */
export interface Manifest {
  readonly name?: string;
  readonly private?: boolean;
  readonly type?: string;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly [more: string]: unknown;
}

/** A manifest with what a project needs beside what it says: what it says stays. Throws TY-USAGE for CommonJS. */
export function mergeManifest(known: Manifest, wanted: Manifest, file: string): Manifest {
  if (known.type !== undefined && known.type !== 'module')
    throw new TrainyardError('TY-USAGE', {
      what: `package.json says "type": "${known.type}", and nothing was written: a project is made of ES modules`,
      where: { file, field: 'type' },
      remedy: 'npm pkg set type=module, or choose an empty folder: trainyard init my-project',
    });
  const isInstalled = (name: string): boolean => known.devDependencies?.[name] !== undefined;
  const dependencies = Object.entries(wanted.dependencies ?? {}).filter(([name]) => !isInstalled(name));
  const isUsed = (name: string): boolean => known.dependencies?.[name] !== undefined;
  const devDependencies = Object.entries(wanted.devDependencies ?? {}).filter(([name]) => !isUsed(name));
  // npm's own placeholder is nobody's script.
  const scripts = Object.entries(known.scripts ?? {}).filter(
    ([, script]) => !script.startsWith('echo "Error: no test specified"'),
  );
  return {
    ...wanted,
    ...known,
    type: 'module',
    scripts: { ...wanted.scripts, ...Object.fromEntries(scripts) },
    dependencies: { ...Object.fromEntries(dependencies), ...known.dependencies },
    devDependencies: { ...Object.fromEntries(devDependencies), ...known.devDependencies },
  };
}
