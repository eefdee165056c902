/** Search attributes of runs and their types: what lists of runs in the Temporal UI can be filtered by. */
export const SEARCH_ATTRIBUTES = {
  TrainyardPipeline: 'Keyword',
  TrainyardStatus: 'Keyword',
  TrainyardModel: 'Keyword',
  TrainyardMetric: 'Double',
  TrainyardData: 'Keyword',
  TrainyardCommit: 'Keyword',
  TrainyardCause: 'Keyword',
} as const;
