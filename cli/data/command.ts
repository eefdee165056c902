import type { Command } from 'commander';
import { configOf, example } from '../config-option.js';
import type { DataOptions, DiffOptions, GetOptions } from './options.js';

const VERSION = 'latest, latest~1, its number, or the first signs of its name';

/** `trainyard data`: the versions of data sets. The store alone is read. */
export function dataCommand(program: Command): void {
  const data = program
    .command('data')
    .description('the data sets that runs have read, and their versions')
    .addHelpText('after', example('trainyard data diff data/penguins.csv', 'trainyard data log --json'));
  data
    .command('log')
    .description('list the data sets, or the versions of one, the youngest first')
    .argument('[dataset]', 'the source, as pipelines name it')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', example('trainyard data log data/penguins.csv'))
    .action(async (dataset: string | undefined, options: DataOptions) => {
      const { printLog } = await import('./print-log.js');
      await printLog(configOf(program), dataset, options);
    });
  data
    .command('show')
    .description('a version: its schema, its profile, who read it and what was made of it')
    .argument('<dataset>', 'the source, as pipelines name it')
    .argument('[version]', VERSION, 'latest')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', example('trainyard data show data/penguins.csv latest~1'))
    .action(async (dataset: string, version: string, options: DataOptions) => {
      const { printVersion } = await import('./print-version.js');
      await printVersion(configOf(program), dataset, version, options);
    });
  data
    .command('diff')
    .description('rows added, removed and changed from one version to another, and columns that have drifted')
    .argument('<dataset>', 'the source, as pipelines name it')
    .argument('[before]', VERSION, 'latest~1')
    .argument('[after]', VERSION, 'latest')
    .option('--key <columns>', 'columns that identify a row, with commas between; the identity of rows by default')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', example('trainyard data diff data/penguins.csv latest~1 latest --key ring'))
    .action(async (dataset: string, before: string, after: string, options: DiffOptions) => {
      const { printDiff } = await import('./print-diff.js');
      await printDiff(configOf(program), dataset, before, after, options);
    });
  data
    .command('get')
    .description('write a version to a file: Parquet, or CSV where the name says so')
    .argument('<dataset>', 'the source, as pipelines name it')
    .argument('[version]', VERSION, 'latest')
    .option('--out <file>', 'where to write it; after the data set and the version by default')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', example('trainyard data get data/penguins.csv latest~1 --out before.csv'))
    .action(async (dataset: string, version: string, options: GetOptions) => {
      const { getVersion } = await import('./get-version.js');
      await getVersion(configOf(program), dataset, version, options);
    });
}
