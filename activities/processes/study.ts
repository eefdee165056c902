import { durableProcess } from '../../client/process.js';
import type { StudyState } from '../../core/study/state.js';
import { STUDY_TYPE } from '../../core/study/ask.js';

export const studyProcess = durableProcess<StudyState>({
  name: STUDY_TYPE,
  title: 'Searches hyperparameters: suggests trials, runs them, keeps the best',
  workflow: { module: new URL('../../workflows/study/index.js', import.meta.url), export: 'study' },
  versions: 'of its run',
  grows: true,
  view: async () => {
    const [{ readStudy }, { studyFraction, studyLeftMs, studyParts }] = await Promise.all([
      import('../../client/study/studies.js'),
      import('../../core/study/index.js'),
    ]);
    return {
      read: readStudy,
      say: (state, now) => ({
        fraction: state.endedAt === undefined ? studyFraction(state) : undefined,
        leftMs: studyLeftMs(state, now),
        parts: studyParts(state),
      }),
    };
  },
  page: { path: '/runs/:id', title: 'its own run' },
  command: 'study',
});
