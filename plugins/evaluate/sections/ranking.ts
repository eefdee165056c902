import { quantile, type RankingSample } from '@trainyard/metrics';
import { html, htmlTable } from '@trainyard/pages';
import type { TaskSections } from './section.js';

const SHARES = [0.05, 0.25, 0.5, 0.75] as const;

/** How figures are spread over the groups that have something relevant. */
function spread({ byGroup }: RankingSample) {
  return [...byGroup].map(([name, values]) => {
    const known = [...values].filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
    return {
      figure: name,
      groups: known.length,
      quantiles: known.length === 0 ? null : SHARES.map((share) => quantile(known, share)),
    };
  });
}

/** The groups: how many there are, and how good the poor ones. */
export const ranking: TaskSections<RankingSample> = {
  details: (sample) => ({ groups: sample.units, spread: spread(sample) }),
  page: (sample) =>
    html`<h2>Groups</h2>
      <p>
        ${sample.units} groups of rows were ranked. Groups without a relevant row have no figures. The values below
        which a share of the others lies:
      </p>
      ${htmlTable(
        ['figure', 'groups', ...SHARES.map((share) => `${Math.round(share * 100)} %`)],
        spread(sample).map(({ figure, groups, quantiles }) => [
          figure,
          groups,
          ...(quantiles ?? SHARES.map(() => null)),
        ]),
      )}`,
};
