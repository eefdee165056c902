import type { Command } from 'commander';
import { configOf, example } from '../config-option.js';

export function manifestCommand(program: Command): void {
  program
    .command('manifest')
    .description('what a run was made of: code, data, seeds, versions, machine; also with Temporal stopped')
    .argument('<run>', 'id of the run')
    .option('--json', 'print the whole manifest as one line of JSON')
    .addHelpText('after', example('trainyard manifest penguins-20261124-231502-7f3a --json'))
    .action(async (run: string, options: { json?: boolean }) => {
      const { printManifest } = await import('./print-manifest.js');
      await printManifest(configOf(program), run, options.json === true);
    });
}
