import { UserError } from '@trainyard/errors';

/**
 * Throws a UserError for a model text that is not whole: the library does not refuse such a text, it ends the process. Looked at are
 * the head, where each tree begins by the head's sizes, and the two ends; whoever keeps texts compares their digest, too.
 */
export function requireWholeText(text: string): void {
  const fail = (what: string): never => {
    throw new UserError('the text is no whole model of LightGBM', {
      expected: "LightGBM's text, from its first line to `end of parameters`",
      actual: what,
      remedy: 'take another copy of the model, or train it again',
    });
  };
  if (!text.startsWith('tree\n')) fail('it does not begin with the line `tree`');
  const head = text.indexOf('\n\n');
  const sizes = /^tree_sizes=([\d ]*)$/m.exec(text.slice(0, head))?.[1];
  if (head < 0 || sizes === undefined) fail('its head does not say the sizes of the trees');
  let at = head + 2;
  sizes!.split(' ').forEach((size, tree) => {
    if (size === '') return;
    if (!text.startsWith(`Tree=${tree}\n`, at)) fail(`tree ${tree} does not begin where the head says`);
    at += Number(size);
  });
  if (!text.startsWith('end of trees\n', at)) fail('it does not end where the head says');
  if (!/\nend of parameters\n*$/.test(text.slice(at))) fail('it breaks off after the trees');
}
