import type { Command } from 'commander';
import { startDev } from './session.js';

export function devCommand(program: Command): void {
  program
    .command('dev')
    .description('start Temporal, Valkey, the pages and a worker for this project, until Ctrl-C')
    .option('--json', 'print the addresses as one line of JSON when everything listens')
    .action(async (options: { json?: boolean }) => {
      const say = (line: string): void => void (options.json ? undefined : process.stdout.write(`${line}\n`));
      const session = await startDev(program.opts<{ config?: string }>().config, say);
      if (options.json)
        process.stdout.write(
          `${JSON.stringify({ temporal: session.temporal, ui: session.ui, server: session.server })}\n`,
        );
      else
        say(
          `\nReady. In another terminal: trainyard run <pipeline>\n  pipelines: ${[...session.project.pipelines.keys()].join(', ') || 'none yet'}\nCtrl-C ends everything.`,
        );
      await interrupted();
      say('\nending …');
      await session.stop();
    });
}

/** Resolves at the first Ctrl-C or SIGTERM; a second one ends the process at once. */
function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const onSignal = (): void => {
      if (asked) process.exit(130);
      asked = true;
      resolve();
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
}
