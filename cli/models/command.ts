import type { Command } from 'commander';
import { configOf, example } from '../config-option.js';
import type { DeleteOptions, DeprecateOptions, TagOptions } from './mark-version.js';
import type { ExportModelOptions } from './export-registered.js';
import type { HistoryOptions } from './print-history.js';
import type { MoveOptions } from './move-alias.js';
import type { ModelsOptions } from './print-models.js';
import type { TrafficOptions } from './set-traffic.js';

const JSON_OPTION = ['--json', 'print one line of JSON'] as const;
const all = (one: string, before: string[]): string[] => [...before, one];

export function modelsCommand(program: Command): void {
  const models = program
    .command('models')
    .description('the registered models: list, show, compare, move aliases, tag, delete, give away')
    .argument('[name]', 'one model: its newest versions, and who moved which alias, when and why')
    .argument('[version]', 'one of its versions, whole')
    .option('--before <version>', 'versions older than this one')
    .option('--history-before <line>', 'lines of the history older than this one')
    .option(...JSON_OPTION)
    .addHelpText('after', example('trainyard models penguins', 'trainyard models penguins 3'))
    .action(async (name: string | undefined, version: string | undefined, options: ModelsOptions) => {
      const { printModels } = await import('./print-models.js');
      await printModels(configOf(program), { ...options, name, version });
    });
  seeing(program, models);
  moving(program, models);
  marking(program, models);
}

/** Commands that change nothing. */
function seeing(program: Command, models: Command): void {
  const options = <O extends object>(own: O): O => ({ ...models.opts(), ...own });
  models
    .command('list')
    .description('all models, and where their aliases stand')
    .option(...JSON_OPTION)
    .action(async (own: ModelsOptions) => {
      const { printModels } = await import('./print-models.js');
      await printModels(configOf(program), { ...options(own), name: undefined, version: undefined });
    });
  models
    .command('show')
    .description('one model, or one of its versions')
    .argument('<name>', 'the model')
    .argument('[version]', 'one of its versions, whole')
    .option('--before <version>', 'versions older than this one')
    .option('--history-before <line>', 'lines of the history older than this one')
    .option(...JSON_OPTION)
    .action(async (name: string, version: string | undefined, own: ModelsOptions) => {
      const { printModels } = await import('./print-models.js');
      await printModels(configOf(program), { ...options(own), name, version });
    });
  models
    .command('history')
    .description('which version an alias stood at, from when to when, who put it there, and on what evidence')
    .argument('<name>', 'the model')
    .option('--at <time>', 'at this moment only, such as 2026-05-03T14:03Z; in local time without a zone')
    .option('--alias <alias>', 'of this alias; with --at, champion by default')
    .option('--of <version>', 'of this version only')
    .option('--most <count>', 'most intervals, the newest', '100')
    .option(...JSON_OPTION)
    .addHelpText('after', example('trainyard models history penguins --at 2026-05-03T14:03Z'))
    .action(async (name: string, own: HistoryOptions) => {
      const { printHistory } = await import('./print-history.js');
      await printHistory(configOf(program), name, options(own));
    });
  models
    .command('diff')
    .description('what two versions differ in: figures, inputs and outputs, and what they were made of')
    .argument('<name>', 'the model')
    .argument('<before>', 'one version')
    .argument('<after>', 'the other')
    .option(...JSON_OPTION)
    .addHelpText('after', example('trainyard models diff penguins 3 4'))
    .action(async (name: string, before: string, after: string, own: { json?: boolean }) => {
      const { printDifference } = await import('./print-difference.js');
      await printDifference(configOf(program), name, before, after, options(own).json === true);
    });
  models
    .command('lineage')
    .description('all that a version was made of, back to its data, and where it has served')
    .argument('<name>', 'the model')
    .argument('[version]', 'its version; that of the alias champion by default, else the newest')
    .option(...JSON_OPTION)
    .addHelpText('after', example('trainyard models lineage penguins 3'))
    .action(async (name: string, version: string | undefined, own: { json?: boolean }) => {
      const { printLineage } = await import('./print-lineage.js');
      await printLineage(configOf(program), name, version, options(own).json === true);
    });
  models
    .command('export')
    .description('give a registered model away in a format of other tools, once both answer alike')
    .argument('<name>', 'the model')
    .argument('[version]', 'its version; that of the alias champion by default, else the newest')
    .requiredOption('--format <format>', 'standalone, tfjs, saved-model, onnx, lightgbm, or one that a plugin brings')
    .requiredOption('--to <folder>', 'the folder to write; it must not be there')
    .option('--rows <file>', 'more rows to compare on, from a JSON file with a list')
    .option('--precision <precision>', 'float16 or int8: smaller weights; --rows brings labels to measure the loss by')
    .option('--max-loss <number>', "how much of the task's first figure that may cost; 0.01 by default")
    .option(...JSON_OPTION)
    .addHelpText('after', example('trainyard models export penguins 3 --format onnx --to penguins-onnx'))
    .action(async (name: string, version: string | undefined, own: ExportModelOptions) => {
      const { withoutNoise } = await import('./without-noise.js');
      const code = await withoutNoise();
      if (code !== undefined) process.exit(code);
      const { exportRegistered } = await import('./export-registered.js');
      await exportRegistered(configOf(program), name, version, options(own));
    });
}

/** Commands that move aliases. */
function moving(program: Command, models: Command): void {
  const who = (command: Command): Command =>
    command
      .option('--alias <alias>', 'the alias to move; endpoints serve the champion', 'champion')
      .option('--why <reason>', 'why; it stands in the history')
      .option('--by <name>', 'who decides; the name of the user by default')
      .option(...JSON_OPTION);
  const act =
    (action: 'promote' | 'rollback' | 'remove') => async (name: string, version: string | null, own: MoveOptions) => {
      const { moveByCommand } = await import('./move-alias.js');
      await moveByCommand(configOf(program), action, name, version, { ...models.opts(), ...own });
    };
  who(models.command('promote'))
    .description('move an alias to a version, unless somebody else moves it meanwhile')
    .argument('<name>', 'the model')
    .argument('<version>', 'the version')
    .option('--expected <version>', 'move it from this version only; "none": there must be no such alias')
    .addHelpText('after', example('trainyard models promote penguins 4 --why "better on all classes"'))
    .action((name: string, version: string, own: MoveOptions) => act('promote')(name, version, own));
  who(models.command('rollback'))
    .description('move an alias back to the version that it stood at before')
    .argument('<name>', 'the model')
    .addHelpText('after', example('trainyard models rollback penguins --why "errors since noon"'))
    .action((name: string, own: MoveOptions) => act('rollback')(name, null, own));
  who(models.command('remove-alias'))
    .description('remove an alias: what it names is served no more under it')
    .argument('<name>', 'the model')
    .addHelpText('after', example('trainyard models remove-alias penguins --alias challenger'))
    .action((name: string, own: MoveOptions) => act('remove')(name, null, own));
  models
    .command('traffic')
    .description('which versions answer beside the champion: show it with what they did, set it, end it')
    .argument('<name>', 'the model')
    .option('--canary <version:share>', 'this version answers a share')
    .option('--shadow <version>', 'this version is asked afterwards, and nobody gets its answers')
    .option('--split <name=version:share>', 'this version answers a share, beside others; up to four', all, [])
    .option('--column <column>', 'a column whose value decides on the arm, in place of the id of the request')
    .option('--header <header>', 'a header of the request that does')
    .option('--end', 'the champion answers alone')
    .option('--why <reason>', 'why; it stands in the history')
    .option('--by <name>', 'who decides; the name of the user by default')
    .option(...JSON_OPTION)
    .addHelpText('after', example('trainyard models traffic penguins --canary 4:5% --column customer'))
    .action(async (name: string, own: TrafficOptions) => {
      const { trafficByCommand } = await import('./set-traffic.js');
      await trafficByCommand(configOf(program), name, { ...models.opts(), ...own });
    });
}

/** Commands that say something of a version. */
function marking(program: Command, models: Command): void {
  const about = (command: Command): Command =>
    command
      .argument('<name>', 'the model')
      .argument('<version>', 'its version')
      .option('--why <reason>', 'why; it stands in the history')
      .option('--by <name>', 'who says it; the name of the user by default')
      .option(...JSON_OPTION);
  about(models.command('tag'))
    .description('set tags of a version, or take them away')
    .argument('[tags...]', 'NAME=TEXT for each')
    .option('--remove <name>', 'take this tag away', all, [])
    .addHelpText('after', example('trainyard models tag penguins 3 audited=yes region=eu --remove draft'))
    .action(async (name: string, version: string, tags: string[], own: TagOptions) => {
      const { tagVersion } = await import('./mark-version.js');
      await tagVersion(configOf(program), name, version, tags, { ...models.opts(), ...own });
    });
  about(models.command('deprecate'))
    .description('say why a version should not be used any more')
    .option('--undo', 'take it back')
    .addHelpText('after', example('trainyard models deprecate penguins 2 --why "trained on the wrong units"'))
    .action(async (name: string, version: string, own: DeprecateOptions) => {
      const { deprecateVersion } = await import('./mark-version.js');
      await deprecateVersion(configOf(program), name, version, { ...models.opts(), ...own });
    });
  about(models.command('delete'))
    .description('delete a version that no alias stands at; without --yes, say what would go and what keeps it')
    .option('--yes', 'do it')
    .addHelpText(
      'after',
      example(
        'trainyard models delete penguins 2 --why "wrong units" --yes',
        '',
        'Its number, its figures and the times when it served stay for ever. Its files go unless a kept run, another',
        'version or a monitor needs them. Interrupted, it is given again and goes on.',
      ),
    )
    .action(async (name: string, version: string, own: DeleteOptions) => {
      const { deleteByCommand } = await import('./delete-version.js');
      await deleteByCommand(configOf(program), name, version, { ...models.opts(), ...own });
    });
}
