import type { Command } from 'commander';
import { configOf, example } from '../config-option.js';
import type { ServeOptions } from './serve.js';

export function serveCommand(program: Command): void {
  program
    .command('serve')
    .description('the pages and endpoints alone, beside a Temporal that runs elsewhere, until Ctrl-C')
    .option('--host <address>', 'address to listen at; server.host of the configuration, or this machine alone')
    .option('--port <number>', 'port to listen at, 0 for any free one; server.port of the configuration, or 7400')
    .option('--json', 'print the address as one line of JSON when it listens')
    .addHelpText('after', example('trainyard serve --port 8080'))
    .action(async (options: ServeOptions) => {
      const { serve } = await import('./serve.js');
      await serve(configOf(program), options);
    });
}
