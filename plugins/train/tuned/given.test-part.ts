import type { NodeRun, TestArtifact } from '../../../worker/testing/index.js';

/** An output of one run as the input of another, whose store is its own. */
export async function given(artifact: NodeRun['output']): Promise<TestArtifact> {
  const files = await Promise.all(artifact.files.map(async (file) => [file, await artifact.bytes(file)] as const));
  return { value: artifact.value, files: Object.fromEntries(files) };
}
