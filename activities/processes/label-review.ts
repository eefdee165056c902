import { durableProcess } from '../../client/process.js';
import { REVIEW_TYPE, type ReviewState } from '../../workflows/review/contract.js';

export const labelReviewProcess = durableProcess<ReviewState>({
  name: REVIEW_TYPE,
  title: 'Label review',
  workflow: { module: new URL('../../workflows/review/index.js', import.meta.url), export: 'labelReview' },
  versions: 'moves on',
  ends: 'by people',
  repeated: 'given',
  activities: async () => (await import('../review/activities.js')).reviewActivities,
  view: async () => {
    const { reviewState } = await import('../../client/review/reviews.js');
    return {
      read: async ({ temporal }, id) => (temporal ? reviewState({ temporal }, id) : undefined),
      say: ({ settled, items, people }) => ({
        fraction: settled / Math.max(1, items),
        parts: [
          { rank: 1, texts: [`${settled}/${items} rows settled`, `${settled}/${items} rows`] },
          ...(people.length > 0
            ? [{ rank: 4, texts: [people.length === 1 ? '1 person' : `${people.length} people`] }]
            : []),
        ],
      }),
    };
  },
  page: { path: '/reviews/:id', title: 'the review' },
});
