import { isTrainyardError } from '@trainyard/errors';
import { loadProject, type Project } from '../../project/project.js';
import { fieldTable } from '../field-table.js';
import { fieldsOf } from '../schema-fields.js';
import { colours } from '../terminal.js';
import { pipelineOf } from './pipeline-of.js';

/** The parameters of a pipeline, or the pipelines of the project; nothing outside a project. */
export async function helpOfPipelines(config: string | undefined, name: string | undefined): Promise<string> {
  let project: Project;
  try {
    project = await loadProject(config);
  } catch (error) {
    if (name === undefined && isTrainyardError(error)) return `\nPipelines: ${error.what}\n`;
    throw error;
  }
  if (name === undefined) return listOf(project);
  const { pipeline } = pipelineOf(project, name);
  const fields = pipeline.spec.params === undefined ? [] : fieldsOf(pipeline.spec.params);
  const title = pipeline.spec.title === undefined ? '' : `: ${pipeline.spec.title}`;
  if (fields.length === 0) return `\nPipeline ${colours.bold(name)}${title}\n  takes no parameters\n`;
  return `\nPipeline ${colours.bold(name)}${title}\n${fieldTable('parameter', fields)}\n`;
}

function listOf(project: Project): string {
  if (project.pipelines.size === 0) return '\nPipelines: none yet\n';
  const rows = [...project.pipelines.values()].map(({ name, pipeline }) => [`  ${name}`, pipeline.spec.title ?? '']);
  return `\nPipelines:\n${rows.map(([name = '', title]) => `${name}${title ? `  ${title}` : ''}`).join('\n')}\n`;
}
