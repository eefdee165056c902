import { approval, pipeline } from '../../core/index.js';
import { pipelineWorkflow } from '../../workflows/engine/index.js';

const ask = pipeline('ask', {}, async () => {
  const released = await approval({
    name: 'release',
    question: 'May this <model> be released?',
    evidence: { f1: 0.97 },
  });
  return { released };
});

const askWorkflow = pipelineWorkflow(ask);
export { askWorkflow as ask };
