import { run } from './program.js';

// A reader that has seen enough (`trainyard runs | head -1`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
});
process.exitCode = await run(process.argv.slice(2));
// A connection that does not close must not keep a command that is done.
setTimeout(() => process.exit(), 2_000).unref();
