import type { Command } from 'commander';
import { example } from '../config-option.js';
import type { LockOptions } from './lock.js';

export function pythonCommand(program: Command): void {
  const python = program
    .command('python')
    .description('environments of Python nodes')
    .addHelpText('after', example('trainyard python lock requirements.in', 'trainyard python lock --upgrade --json'));
  python
    .command('lock')
    .description('write down every package that Python nodes need, in one version, with its hashes')
    .argument('[wanted]', 'the packages that you want, one a line', 'requirements.in')
    .option('-o, --output <file>', 'the requirements file to write; beside the other, with the ending .txt by default')
    .option(
      '--python <version>',
      'version of Python that the nodes state, such as 3.11; the one of this machine by default',
    )
    .option('--upgrade', 'take the newest versions, also of what the file holds already')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', example('trainyard python lock nodes/fit/requirements.in --python 3.11'))
    .action(async (wanted: string, options: LockOptions) => {
      const { lock } = await import('./lock.js');
      await lock(wanted, options);
    });
}
