import { pipeline } from 'trainyard';
import { shout } from 'trainyard-plugin-shout';
import { z } from 'zod';

export default pipeline('greeting', { params: z.object({ name: z.string().default('yard') }) }, async (p) => {
  return shout({ text: `hello ${p.name}`, marks: 3 });
});
