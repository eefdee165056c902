export {
  durableProcess,
  type DurableProcess,
  type ProcessServices,
  type ProjectServices,
  type ProcessSpec,
  type ProcessView,
  type ProcessWords,
} from '../../client/process.js';
export { asked } from '../../client/process-state.js';
export type { SeenProcess } from '../../client/process-state.js';
export {
  pluginCommand,
  type CommandAnswer,
  type CommandCall,
  type CommandSpec,
  type PluginCommand,
} from '../../client/command.js';
export { pageSection, type PageSection, type SectionContent, type SectionSpec } from '../../client/section.js';
/** Pieces of the run page, for its sections. */
export { artifactLink, causeWord, jsonText, moment, stateMark } from '../../client/page-words.js';
export { form, step, whyField } from '../../client/page-forms.js';
