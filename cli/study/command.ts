import { Argument, type Command } from 'commander';
import { configOf, example } from '../config-option.js';
import { STUDY_ACTIONS, type StudyCommandOptions, type StudyAction } from './options.js';

/** What a person can do to a study that goes on. */
export function studyCommand(program: Command): void {
  const gather = (one: string, all: string[]): string[] => [...all, one];
  program
    .command('study')
    .description('show a hyperparameter study, or steer it while it goes on')
    .argument('<run>', 'id of the run')
    .addArgument(
      new Argument('[action]', 'grow it, add a trial, pause, resume, stop with the best so far, or cancel').choices(
        STUDY_ACTIONS,
      ),
    )
    .option('--study <name>', 'which, where the run has several')
    .option('--trials <+n>', 'grow: how many more')
    .option('-p, --param <name=value>', 'add: a parameter of the trial', gather, [])
    .option('--why <reason>', 'why; it stands in the record')
    .option('--by <name>', 'who decides; the name of the user by default')
    .option('--json', 'print the study, or what was done, as JSON')
    .addHelpText(
      'after',
      example(
        'trainyard study penguins-20261124-231502-7f3a',
        'trainyard study penguins-20261124-231502-7f3a grow --trials +50 --why "still rising"',
        'trainyard study penguins-20261124-231502-7f3a add -p layers=2 -p learningRate=0.01',
      ),
    )
    .action(async (run: string, action: StudyAction | undefined, options: StudyCommandOptions) => {
      const { showStudy, steer } = await import('./study.js');
      if (action === undefined) await showStudy(configOf(program), run, options);
      else await steer(configOf(program), run, action, options);
    });
}
