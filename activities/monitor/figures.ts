import { figuresOfTask, headlinesOf, isMeasuredTask, measure, type FigureValue } from '@trainyard/metrics';
import type { MonitorConfig } from '../../workflows/monitor/contract.js';
import type { WindowRow } from './desk.js';

/**
 * The figures that stand for models of the endpoint's task, on rows whose outcome is known; those that answers alone do not tell
 * are left out. Monitors of former releases, which do not say their task, watch models that tell classes apart.
 */
export function windowFigures(
  { task: type = 'classification' }: Pick<MonitorConfig, 'task'>,
  rows: readonly Pick<WindowRow, 'id' | 'answer' | 'outcome'>[],
): FigureValue[] {
  if (!isMeasuredTask(type)) return [];
  const task = figuresOfTask(type);
  const served = rows.flatMap(({ id, answer, outcome }) => {
    // Outcomes come as text: of a class, a list, or a number.
    const truth = outcome === null ? undefined : (task.truth(outcome) ?? task.truth(Number(outcome)));
    return truth === undefined || answer === null ? [] : [{ answer, truth, request: id.slice(0, id.lastIndexOf('#')) }];
  });
  return served.length === 0 ? [] : headlinesOf(task, measure(task, task.served(served)));
}
