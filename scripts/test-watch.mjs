// `npm run test:watch`: the test files of what has just been changed, again and again. Makes the clone ready first.
import { inRoot, runNode } from './program.mjs';
import { NotReady, ready } from './ready.mjs';

try {
  await ready({ setup: ['temporal', 'valkey', 'chromium'] });
  const { code } = await runNode(inRoot('node_modules', 'vitest', 'vitest.mjs'), ['watch', ...process.argv.slice(2)], {
    show: true,
  });
  process.exitCode = code;
} catch (error) {
  if (!(error instanceof NotReady)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
