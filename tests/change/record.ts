// Records what the Workflows of this version do, for its successors to replay: `npm run histories`.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { TrainyardError } from '@trainyard/errors';
import { fileURLToPath } from 'node:url';
import { HISTORIES, type ReleaseMark } from './histories.js';
import { ledgerEntries, ledgerDigest } from './ledger.js';
import { recordDemo } from './record-demo.js';
import { recordProbe } from './record-probe.js';

const manifest = fileURLToPath(new URL('../../package.json', import.meta.url));
const release = (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
const folder = path.join(HISTORIES, release);
const again = process.argv.includes('--again');

if (existsSync(folder) && !again) {
  process.stderr.write(
    `${new TrainyardError('TY-USAGE', { what: `the histories of ${release} are recorded already`, remedy: 'npm run histories -- --again, if it is not released yet' }).message}\n`,
  );
  process.exit(2);
}
// Beside, until all is there: what was recorded before stays whole if this is interrupted.
const making = path.join(HISTORIES, '..', '..', '.trainyard', `histories-${process.pid}`);
mkdirSync(making, { recursive: true });
const entries = ledgerEntries();
const mark: ReleaseMark = { release, ledger: { entries: entries.length, digest: ledgerDigest(entries) } };
writeFileSync(path.join(making, 'release.json'), `${JSON.stringify(mark, null, 2)}\n`);
await Promise.all(
  Object.entries({ probe: recordProbe, penguins: recordDemo }).map(async ([project, record]) =>
    process.stdout.write(`${project}: ${await record(path.join(making, project))} histories\n`),
  ),
);
rmSync(folder, { recursive: true, force: true });
mkdirSync(HISTORIES, { recursive: true });
renameSync(making, folder);
process.exit(0);
