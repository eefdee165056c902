import type { Command } from 'commander';
import { configOf, example } from '../config-option.js';
import type { BackfillOptions, BackfillVerbOptions } from './backfill.js';

export function backfillCommand(program: Command): void {
  const backfill = program
    .command('backfill')
    .description('run a pipeline once for each value of a parameter; the same command again goes on')
    .argument('[pipeline]', 'name of the pipeline')
    .option('--param <name>', 'the parameter that differs from run to run')
    .option('--from <date>', 'first day (2013-01-01) or month (2013-01)')
    .option('--to <date>', 'last day or month')
    .option('--step <step>', 'day or month', 'day')
    .option(
      '--values <list>',
      'the values, with commas between them; each is text where the parameter takes it, else JSON',
    )
    .option('--folders <pattern>', "the files or folders of a pattern, such as 'data/*'")
    .option(
      '--with <name=value>',
      'another parameter, the same for all runs',
      (one: string, all: string[]) => [...all, one],
      [],
    )
    .option('--params <file>', 'the other parameters from a JSON file')
    .option('--parallel <number>', 'runs at once', '2')
    .option('--id <id>', 'id of the backfill; it follows from pipeline and values by default')
    .option('--json', 'print one line of JSON')
    .addHelpText(
      'after',
      example('trainyard backfill flights --param day --from 2013-01-01 --to 2013-01-31 --parallel 2'),
    )
    .action(async (pipeline: string | undefined, options: BackfillOptions) => {
      const { startIt } = await import('./backfill.js');
      await startIt(configOf(program), pipeline, options);
    });
  backfill
    .command('show')
    .description('where a backfill stands: a line for each value')
    .argument('<id>', 'id of the backfill')
    .option('--json', 'print JSON')
    .action(async (id: string, _own: BackfillVerbOptions, command: Command) => {
      const { showIt } = await import('./backfill.js');
      await showIt(configOf(program), id, command.optsWithGlobals<BackfillVerbOptions>());
    });
  backfill
    .command('list')
    .description('all backfills')
    .option('--json', 'print JSON')
    .action(async (_own: BackfillVerbOptions, command: Command) => {
      const { listThem } = await import('./backfill.js');
      await listThem(configOf(program), command.optsWithGlobals<BackfillVerbOptions>());
    });
  backfill
    .command('stop')
    .description('start nothing of it any more; what runs may finish')
    .argument('<id>', 'id of the backfill')
    .option('--why <reason>', 'why')
    .option('--by <name>', 'who asks; the name of the user by default')
    .option('--json', 'print one line of JSON')
    .action(async (id: string, _own: BackfillVerbOptions, command: Command) => {
      const { stopIt } = await import('./backfill.js');
      await stopIt(configOf(program), id, command.optsWithGlobals<BackfillVerbOptions>());
    });
}
