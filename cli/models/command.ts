import type { Command } from 'commander';
import { configOf, example } from '../config-option.js';
import type { ExportModelOptions } from './export-registered.js';
import type { ModelsOptions } from './print-models.js';

export function modelsCommand(program: Command): void {
  const models = program
    .command('models')
    .description('the registered models and where their aliases stand')
    .argument('[name]', 'one model: its newest versions, and who moved which alias, when and why')
    .argument('[version]', 'one of its versions, whole')
    .option('--before <version>', 'versions older than this one')
    .option('--history-before <line>', 'lines of the history older than this one')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', example('trainyard models penguins', 'trainyard models penguins 3'))
    .action(async (name: string | undefined, version: string | undefined, options: ModelsOptions) => {
      const { printModels } = await import('./print-models.js');
      await printModels(configOf(program), { ...options, name, version });
    });
  models
    .command('export')
    .description('give a registered model away in a format of other tools, once both answer alike')
    .argument('<name>', 'the model')
    .argument('[version]', 'its version; that of the alias champion by default, else the newest')
    .requiredOption('--format <format>', 'tfjs, saved-model, onnx, lightgbm, or one that a plugin brings')
    .requiredOption('--to <folder>', 'the folder to write; it must not be there')
    .option('--rows <file>', 'more rows to compare on, from a JSON file with a list')
    .option('--json', 'print one line of JSON')
    .addHelpText('after', example('trainyard models export penguins 3 --format onnx --to penguins-onnx'))
    .action(async (name: string, version: string | undefined, options: ExportModelOptions) => {
      const { withoutNoise } = await import('./without-noise.js');
      const code = await withoutNoise();
      if (code !== undefined) process.exit(code);
      const { exportRegistered } = await import('./export-registered.js');
      await exportRegistered(configOf(program), name, version, { ...models.opts(), ...options });
    });
}
