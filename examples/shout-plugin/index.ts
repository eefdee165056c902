import { file, node } from 'trainyard';
import { z } from 'zod';

/** A text in capitals, with as many exclamation marks as asked for. */
export const shout = node({
  name: 'text.shout',
  version: '1',
  title: 'A text in capitals',
  params: z.object({ text: z.string().min(1), marks: z.number().int().min(0).max(9).default(1) }),
  inputs: {},
  outputs: file,
  resources: { cpu: 1, memory: '256MB' },
  retry: { attempts: 2, initialInterval: '1 second' },
  timeout: '1 minute',
});
