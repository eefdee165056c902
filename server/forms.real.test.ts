import { expect, test } from 'vitest';
import { serverAlone } from './alone.test-part.js';

const KEY = 'ty_a-key-for-this-test-only';

test('a form whose fields are no texts, or come twice, is refused by the name of the field', async () => {
  const { url, close } = await serverAlone({ keys: [{ name: 'local', key: KEY }] });
  const form = 'application/x-www-form-urlencoded';
  const asked: [string, string, string, string][] = [
    ['recover', form, 'call=n1&params=1&params=2', 'params'],
    ['approvals', form, 'name=release&name=other&approved=true', 'name'],
    ['recover', 'application/json', '{"call": "n1", "params": 7}', 'params'],
    ['study', 'application/json', '{"decision": "grow", "trials": [1]}', 'trials'],
    ['recover', form, 'call=n1&decision=skip&output%3Aout=%7Bn', 'out'],
    ['study', form, 'decision=gr%FCn&__proto__=x&constructor=y', 'action'],
  ];
  for (const [action, type, body, field] of asked) {
    const reply = await fetch(`${url}/runs/r/actions/${action}`, {
      method: 'POST',
      headers: { 'content-type': type, authorization: `Bearer ${KEY}` },
      body,
    });
    const { where, detail } = (await reply.json()) as { where?: { field?: string }; detail: string };
    expect([body, reply.status, where?.field, detail]).toEqual([
      body,
      field === 'out' ? 400 : 422,
      field,
      expect.any(String),
    ]);
  }
  await close();
});
