import { sayTraffic } from '../../core/traffic.js';
import { isAliasEvent, type ModelEvent } from '../../workflows/registry/contract.js';

/** What a line of a model's history says happened: `champion moved 1 → 2`. */
export function sayEvent(event: ModelEvent): string {
  if (isAliasEvent(event)) return `${event.alias} ${event.what} ${event.from ?? 'none'} → ${event.to ?? 'none'}`;
  if (event.what === 'traffic')
    return event.plan ? `traffic: ${sayTraffic(event.plan)}` : 'traffic: the champion alone';
  const of = `version ${event.version} ${event.what}`;
  return event.what === 'annotated' && event.says !== undefined ? `${of}: ${event.says}` : of;
}
