import { implement, UserError } from 'trainyard/worker';
import { shout } from './index.js';

export const shoutNode = implement(shout, ({ params, ctx }) => {
  const loud = params.text.toUpperCase();
  if (loud === params.text.toLowerCase()) {
    throw new UserError(`"${params.text}" has no letters`, { remedy: 'give text.shout a text with letters' });
  }
  ctx.log(`shouting ${loud.length} characters`);
  return { files: { 'shout.txt': loud + '!'.repeat(params.marks) } };
});
