import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A process that a benchmark has started, and what it said first. */
export interface Started {
  readonly pid: number;
  readonly says: string;
  stop(): Promise<void>;
}

/** Bundles a program of this folder, since Node does not run TypeScript; packages are found from where it is put. */
export async function bundled(name: string): Promise<string> {
  const folder = path.join(root, 'node_modules', '.cache', 'trainyard-programs');
  mkdirSync(folder, { recursive: true });
  const outfile = path.join(folder, `bench-serve-${name}.mjs`);
  await build({
    entryPoints: [fileURLToPath(new URL(`./${name}.ts`, import.meta.url))],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
    plugins: [
      {
        // A file that was merged into another still names its own place.
        name: 'own-urls',
        setup: (on) =>
          on.onLoad({ filter: /\.ts$/ }, ({ path: file }) => ({
            contents: readFileSync(file, 'utf8').replaceAll(
              'import.meta.url',
              JSON.stringify(pathToFileURL(file).href),
            ),
            loader: 'ts',
          })),
      },
    ],
  });
  return outfile;
}

/** Starts a program and waits until its output, or its errors, has what `ready` finds; that is what it `says`. */
export async function startProgram(
  command: string,
  args: readonly string[],
  ready: RegExp,
  env: Readonly<Record<string, string>> = {},
): Promise<Started> {
  const child: ChildProcess = spawn(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
    detached: true,
  });
  let said = '';
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const says = await new Promise<string>((resolve, reject) => {
    const look = (chunk: Buffer): void => {
      said = (said + chunk.toString()).slice(-20_000);
      const found = ready.exec(said);
      if (found) resolve(found[1] ?? found[0]);
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    void gone.then(() => reject(new Error(`${command} ${args.join(' ')} ended:\n${said}`)));
  });
  const { pid = NaN } = child;
  return {
    pid,
    says,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      // With what it has started itself.
      process.kill(-pid, 'SIGTERM');
      const timer = setTimeout(() => process.kill(-pid, 'SIGKILL'), 8_000);
      await gone;
      clearTimeout(timer);
    },
  };
}
