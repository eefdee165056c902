import type { Command } from 'commander';
import { configOf, example } from '../config-option.js';

export function exportCommand(program: Command): void {
  program
    .command('export')
    .description('write one file from which another machine can verify a run')
    .argument('<run>', 'id of the run')
    .requiredOption('--to <file>', 'the file to write, such as run.zip; it must not be there')
    .option('--json', 'print one line of JSON')
    .addHelpText(
      'after',
      example(
        'trainyard export penguins-20261124-231502-7f3a --to run.zip',
        '',
        'It holds the manifest, the records, the graph, the data that came from outside (sources, answers of reviews)',
        "and the project's code. Elsewhere: trainyard verify --from run.zip, which runs that code.",
      ),
    )
    .action(async (run: string, options: { to: string; json?: boolean }) => {
      const { exportTo } = await import('./export-run.js');
      await exportTo(configOf(program), run, options.to, options.json === true);
    });
}
