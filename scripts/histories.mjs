// `npm run histories`: records what this release's Workflows do, to tests/histories/<version>/. Once for each release, as
// its last commit; `-- --again` replaces what is there. Every later version must be able to replay it.
import { NotReady, ready } from './ready.mjs';
import { runTypeScript } from './typescript.mjs';

try {
  await ready({ build: true, setup: ['temporal', 'valkey', 'tensorflow'] });
  process.exitCode = await runTypeScript('tests/change/record.ts', process.argv.slice(2));
} catch (error) {
  if (!(error instanceof NotReady)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
