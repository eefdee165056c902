import type { Command } from 'commander';
import { configOf, example } from '../config-option.js';
import type { VerifyCommandOptions } from './verify.js';

export function verifyCommand(program: Command): void {
  program
    .command('verify')
    .description('execute a run again into an empty store and compare every result with its record')
    .argument('[run]', 'id of the run; with --from, that of the file')
    .option('--from <file>', 'a file made by trainyard export, also of another machine')
    .option('--other-code', 'compare although the code is not the one of the run')
    .option('--keep-folder', 'leave the store and logs of the repetition, and say where they are')
    .option('--json', 'print one line of JSON')
    .addHelpText(
      'after',
      example(
        'trainyard verify penguins-20261124-231502-7f3a',
        '',
        'Sources, nodes with effects, label reviews and approvals are answered from the record: nothing outside is',
        'touched, nobody is asked. Exit code 0 only when every output is equal, or within what its node states.',
      ),
    )
    .action(async (run: string | undefined, options: VerifyCommandOptions) => {
      const { verify } = await import('./verify.js');
      await verify(configOf(program), run, options);
    });
}
