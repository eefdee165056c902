import { implement } from '../../../worker/index.js';
import { weightsOfClasses } from '../class-weights.js';
import { requireClasses } from '../dataset.js';
import { heldInMemory } from '../feed/held.js';
import { netFiles } from '../net/net-files.js';
import { requireOneLoss } from '../net/nodes.js';
import { untrainedArchitecture } from '../net/layered-untrained.js';
import { learnClasses } from '../net/tasks/classes.js';
import { trainNet } from '../net/train.js';
import { textLayersOf } from '../presets/index.js';
import { writeOutcome } from '../training-result.js';
import { textNet } from './contract.js';
import { codesOf, readTexts } from './dataset.js';
import { openTokenizer } from './registry.js';
import { learnWords } from './words.js';

export const textNetNode = implement(textNet, async ({ params, inputs, ctx }) => {
  const began = performance.now();
  const { label, column, steps } = params;
  requireOneLoss(params);
  const read = { column, label, scratch: ctx.scratch };
  const given = await readTexts({ ...read, table: inputs.train, part: 'train' });
  const held =
    inputs.validation &&
    (await readTexts({ ...read, table: inputs.validation, part: 'validation', classes: given.classes }));
  const tokenizer = { tokenizer: 'words' as const };
  const vocabulary = learnWords(
    given.texts.filter((text) => text !== null),
    { most: params.words, least: params.least },
  );
  ctx.log(`${vocabulary.length - 1} words in the training texts, of which the first ${steps} of each are looked at`);
  const open = openTokenizer(tokenizer, vocabulary);
  const train = heldInMemory(codesOf(given, column, open, steps));
  const validation = held && heldInMemory(codesOf(held, column, open, steps));
  requireClasses(train, label);
  const learned = learnClasses(train, validation, weightsOfClasses(params.classWeights, train), params);
  const layers = textLayersOf(params.model, vocabulary.length, steps);
  const net = untrainedArchitecture({ input: [steps], layers }, learned, ctx.seed, (architecture, tensors) =>
    netFiles(architecture, tensors, { column, steps, tokenizer, vocabulary }),
  );
  const trained = await trainNet({ spec: textNet.spec, params, learned, net, began }, ctx);
  const inputsOf = [{ name: column, type: 'text' as const }];
  const { model, figures, probabilities } = await writeOutcome(trained.trained, {
    label,
    transform: undefined,
    inputs: inputsOf,
    train,
    validation,
  });
  trained.requireServed(probabilities);
  return { model, figures, curves: trained.curves };
});
