/**
 * A plugin for oxlint: what is learnt before a split has seen the rows that the split then deals to validation and test. It follows
 * names within a file, from a split's table back to what the table was made of.
 */

/** Calls that learn from rows, by plugin, with the argument that names the rows; and the plugin that deals rows. */
const LEARNERS = { clean: { fit: 'train' }, features: { fit: 'table' } };
const DEALS = 'split';

const rule = {
  meta: { type: 'problem', docs: { description: 'What learns from rows learns from the training part alone' } },
  create: (context) => ({
    Program(program) {
      const imports = importsOf(program);
      const made = new Map();
      const learns = [];
      const splits = [];
      walk(program, (node) => {
        if (node.type === 'VariableDeclarator' && node.init)
          for (const name of namesIn(node.id)) made.set(name, node.init);
        if (node.type !== 'CallExpression') return;
        const called = calledOf(node, imports);
        if (!called) return;
        const argument = LEARNERS[called.plugin]?.[called.name];
        if (argument) learns.push({ node, called, rows: property(node, argument) });
        if (called.plugin === DEALS) splits.push({ node, called, rows: property(node, 'table') });
      });
      const isSplit = (node) => node.type === 'CallExpression' && calledOf(node, imports)?.plugin === DEALS;
      for (const learn of learns) {
        if (!learn.rows || from(learn.rows, made, isSplit)) continue;
        const names = rootsOf(learn.rows);
        const split = splits.find(
          ({ node, rows }) =>
            rows && node !== learn.node && from(rows, made, (one) => one.type === 'Identifier' && names.has(one.name)),
        );
        if (split)
          context.report({
            node: learn.node,
            message: `What ${learn.called.plugin}.${learn.called.name} learns here has seen the rows that ${DEALS}.${split.called.name} deals to validation and test: figures will be too good. Split first, and give it the part train.`,
          });
      }
    },
  }),
};

/** Names in this file for plugins (`* as clean`) and for what they export (`{ fit }`). */
function importsOf(program) {
  const found = new Map();
  for (const { type, source, specifiers = [] } of program.body) {
    const plugin =
      type === 'ImportDeclaration' ? /plugins\/([a-z]+)(?:\/index\.js)?$/.exec(source.value)?.[1] : undefined;
    if (plugin === undefined) continue;
    for (const one of specifiers)
      found.set(one.local.name, one.type === 'ImportSpecifier' ? { plugin, name: one.imported.name } : { plugin });
  }
  return found;
}

function calledOf({ callee }, imports) {
  if (callee.type === 'Identifier') {
    const found = imports.get(callee.name);
    return found?.name === undefined ? undefined : found;
  }
  if (callee.type !== 'MemberExpression' || callee.object.type !== 'Identifier') return undefined;
  const found = imports.get(callee.object.name);
  return found && found.name === undefined ? { plugin: found.plugin, name: callee.property.name } : undefined;
}

/** The value of a property of a call's first argument. */
function property(call, name) {
  const [first] = call.arguments;
  if (first?.type !== 'ObjectExpression') return undefined;
  return first.properties.find((one) => one.type === 'Property' && one.key.name === name)?.value;
}

/** Whether an expression holds such a node, or is made of names whose values do. */
function from(expression, made, wanted, seen = new Set()) {
  let found = false;
  walk(expression, (node) => {
    if (found || wanted(node)) {
      found = true;
      return;
    }
    if (node.type !== 'Identifier' || seen.has(node.name) || !made.has(node.name)) return;
    seen.add(node.name);
    found = from(made.get(node.name), made, wanted, seen);
  });
  return found;
}

/** The name that an expression such as `tidy` or `tidy.table` begins with. */
function rootsOf(expression) {
  let node = expression;
  while (node.type === 'MemberExpression') node = node.object;
  return new Set(node.type === 'Identifier' ? [node.name] : []);
}

function namesIn(pattern) {
  const names = [];
  walk(pattern, (node) => {
    if (node.type === 'Identifier') names.push(node.name);
  });
  return names;
}

/** Every node below one; names of properties are no names of values. */
function walk(node, visit) {
  if (!node || typeof node.type !== 'string') return;
  visit(node);
  for (const [key, value] of Object.entries(node)) {
    if (key === 'parent' || (key === 'property' && !node.computed) || (key === 'key' && !node.computed)) continue;
    for (const one of Array.isArray(value) ? value : [value]) if (one && typeof one === 'object') walk(one, visit);
  }
}

export default { meta: { name: 'trainyard' }, rules: { 'learn-after-split': rule } };
