import type { Json } from '../../core/json.js';
import type { Ref } from '../../core/kinds.js';
import { engineActivities } from './proxies.js';

/** The value of an artifact, in parts where it is long: each part is an answer that the history keeps. */
export async function readValue(ref: Ref): Promise<Json> {
  let text = '';
  for (let from: number | null = 0; from !== null;) {
    const part: Awaited<ReturnType<ReturnType<typeof engineActivities>['trainyard.value']>> = await engineActivities()[
      'trainyard.value'
    ](ref, from);
    if ('value' in part) return part.value;
    text += part.text;
    from = part.next;
  }
  return JSON.parse(text) as Json;
}
