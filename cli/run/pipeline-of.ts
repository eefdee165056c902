import { sayNearest, TrainyardError } from '@trainyard/errors';
import type { PipelineModule, Project } from '../../project/project.js';

/** A pipeline of the project by its name. Throws TY-USAGE without a name, TY-PIPELINE-UNKNOWN naming the nearest. */
export function pipelineOf(project: Project, name: string | undefined): PipelineModule {
  if (name === undefined) {
    throw new TrainyardError('TY-USAGE', {
      what: `which pipeline? ${sayNearest('', project.pipelines.keys())}`,
      remedy: 'trainyard run <pipeline>',
    });
  }
  const known = project.pipelines.get(name);
  if (known) return known;
  throw new TrainyardError('TY-PIPELINE-UNKNOWN', {
    what: `there is no pipeline "${name}"; ${sayNearest(name, project.pipelines.keys())}`,
    where: { file: project.configFile },
  });
}
