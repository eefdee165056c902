export interface StudyCommandOptions {
  study?: string;
  trials?: string;
  param?: string[];
  why?: string;
  by?: string;
  json?: boolean;
}

export const STUDY_ACTIONS = ['grow', 'add', 'pause', 'resume', 'stop', 'cancel'] as const;
export type StudyAction = (typeof STUDY_ACTIONS)[number];
