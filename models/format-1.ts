/** The first format: classification alone, weights alone, every row through a transform. */
export const FORMAT_1 = 'trainyard.model/1';

/** What a card of the first format says, as one of today's; what is no such card comes out as something that is none. */
export function cardOfFormat1(card: unknown): unknown {
  const { learner, task, label, classes, threshold, architecture, tensors, ...same } = card as Record<string, unknown>;
  return {
    ...same,
    format: 'trainyard.model/2',
    kind: learner,
    task: { type: task, label, classes, ...(threshold === undefined ? {} : { threshold }) },
    transformed: true,
    settings: { architecture, tensors },
    files: ['weights.bin'],
  };
}

/** What a sample of the first format says, as one of today's. */
export function sampleOfFormat1(sample: unknown): unknown {
  const { probabilities, ...same } = (sample ?? {}) as Record<string, unknown>;
  return probabilities === undefined ? sample : { ...same, outputs: probabilities };
}
