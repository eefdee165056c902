import type { Command } from 'commander';
import { configOf, example } from '../config-option.js';
import type { SchedulesOptions } from './schedules.js';

export function schedulesCommand(program: Command): void {
  const schedules = program
    .command('schedules')
    .description('what runs by itself: list, pause, resume, trigger')
    .option('--json', 'print JSON')
    .addHelpText('after', example('trainyard schedules', 'trainyard schedules pause penguins --why "the source moves"'))
    .action(async (options: SchedulesOptions) => {
      const { printSchedules } = await import('./schedules.js');
      await printSchedules(configOf(program), options);
    });
  for (const [verb, words] of [
    ['pause', "hold a pipeline's schedule until it is resumed"],
    ['resume', "let a pipeline's schedule go on"],
    ['trigger', 'start the scheduled run of a pipeline now'],
  ] as const) {
    const command = schedules.command(verb).description(words).argument('<pipeline>', 'name of the pipeline');
    if (verb !== 'trigger') command.option('--why <reason>', 'why; it stands in Temporal');
    command
      .addHelpText('after', example(`trainyard schedules ${verb} penguins`))
      .action(async (pipeline: string, options: SchedulesOptions) => {
        const { changeSchedule } = await import('./schedules.js');
        await changeSchedule(configOf(program), pipeline, verb, options);
      });
  }
}
