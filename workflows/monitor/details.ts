import { sayFigures, type MonitorMemo, type MonitorState } from './contract.js';

export function memoOf(state: MonitorState): MonitorMemo {
  const retraining = state.retrainings.at(-1);
  const busy = retraining !== undefined && retraining.endedAt === undefined;
  return {
    endpoint: state.config.endpoint,
    windows: state.windows,
    drifted: state.drifted,
    retrainings: state.started,
    state: state.paused ? 'paused' : busy ? 'retraining' : state.frozen ? 'frozen' : 'watching',
  };
}

/** The state in a few lines of Markdown, for the Temporal UI. */
export function detailsOf(state: MonitorState): string {
  const { config, recent, retrainings, pending, waiting, problem, lost } = state;
  const last = recent.at(-1);
  const said = last && sayFigures(last);
  const lines = [
    `**${config.endpoint}**: ${memoOf(state).state}, ${state.windows} windows of ${config.window} rows, drift in ${state.drifted}`,
    last ? `last window: ${last.rows} rows, ${last.labelled} with outcome${said === undefined ? '' : `: ${said}`}` : '',
    ...(pending ? [`drift since window ${pending.since}:`, ...pending.says.map((says) => `- ${says}`)] : []),
    waiting ? `waiting: ${waiting}` : '',
    problem ? `problem: ${problem}` : '',
    lost > 0 ? `${lost} requests were dropped by the stream before they could be counted` : '',
    ...retrainings
      .slice(-5)
      .map(({ number, run, verdict }) => `- retraining ${number} (${run}): ${verdict ?? 'under way'}`),
  ];
  return lines.filter((line) => line !== '').join('\n\n');
}
