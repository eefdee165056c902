import { sayPort, type Part } from '../../cli/plugins/catalogue.js';
import { fieldsOf } from '../../cli/schema-fields.js';
import type { Ports } from '../../core/wiring.js';

/** The part of the page of nodes that is made from their contracts: a table for each family. */
export function builtInNodes(parts: readonly Part[]): string {
  const families = [...new Set(parts.map(({ name }) => familyOf(name)))];
  return [
    'From their contracts, with the functions that call several of them; `trainyard plugins NAME` shows what each parameter means, and ' +
      'what it holds. A parameter without a default, and not optional, must be given. After a change of a contract run `npx vitest run tests/docs -u`.',
    ...families.map((family) => {
      const rows = parts.filter(({ name }) => name.startsWith(`${family}.`)).map(row);
      return [
        `### The family ${family}\n`,
        '| node | inputs | parameters | outputs |',
        '| --- | --- | --- | --- |',
        ...rows,
      ].join('\n');
    }),
  ]
    .join('\n\n')
    .concat('\n');
}

function familyOf(name: string): string {
  return name.split('.')[0] ?? '';
}

function row(part: Part): string {
  const calls = part.part === 'function' ? ` Calls ${part.nodes.map((name) => `\`${name}\``).join(', ')}.` : '';
  const cells = [
    `\`${part.name}\`: ${part.title ?? ''}.${calls}`,
    ports(part.inputs),
    fieldsOf(part.params)
      .map(({ name, required, byDefault }) =>
        required
          ? `**\`${name}\`**`
          : byDefault === undefined
            ? `\`${name}\`, optional`
            : `\`${name}\` = \`${byDefault}\``,
      )
      .join('; '),
    ports(part.outputs),
  ];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function ports(of: Ports): string {
  return Object.entries(of)
    .map(([name, kind]) => (name === 'out' ? sayPort(kind) : `\`${name}\` (${sayPort(kind)})`))
    .join('; ');
}
