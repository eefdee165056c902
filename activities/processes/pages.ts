import { Context } from '@temporalio/activity';
import { z } from 'zod';
import type { Json } from '../../core/json.js';
import { findInPages, keepPage, readPage, type Store } from '../../store/index.js';
import type { PageActivities } from '../../workflows/pages/contract.js';
import { crashPoint } from '../run/crash-points.js';

/** Activities of the pages of durable processes, whichever they are; in the Workflow worker. */
export function pageActivities({ store }: { readonly store: Store }): PageActivities {
  return {
    'trainyard.keepPage': async (items) => {
      const process = Context.current().info.workflowExecution?.workflowId ?? '';
      crashPoint('keeping-page', { run: process });
      const page = await keepPage(store, process, items);
      crashPoint('page-kept', { run: process });
      return page;
    },
    'trainyard.readPage': (page) => readPage(store, page, z.json()) as Promise<readonly Json[]>,
    'trainyard.findInPages': async (pages, key) => ((await findInPages(store, pages, key)) ?? null) as Json,
  };
}
