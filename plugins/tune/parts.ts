import { pageSection, type SectionContent } from '../../activities/processes/index.js';

export { studyProcess } from '../../activities/processes/study.js';

const viewOf = async ({ run, reader }: SectionContent) => (await import('./page/view.js')).readStudyView(reader, run);

/** The study that a run is: how far it is, what is best so far, what mattered, and what a person can do to it. */
export const studySection = pageSection({
  name: 'study',
  title: 'Study',
  place: 'before the graph',
  draw: async (content) => {
    const study = await viewOf(content);
    return study && (await import('./page/study.js')).studySection(study.state, study.drawings, content);
  },
});

export const trialsSection = pageSection({
  name: 'study trials',
  title: 'Trials',
  place: 'before the graph',
  draw: async (content) => {
    const study = await viewOf(content);
    if (!study) return undefined;
    const { trialTable } = await import('./page/trials.js');
    return trialTable(study.state, content.run.graph, content.query['sort'], content.now);
  },
});
