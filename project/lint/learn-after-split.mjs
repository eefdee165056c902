/**
 * A plugin for oxlint: what is learnt before a split has seen the rows that the split then deals to validation and test. It follows
 * names within a function, from a split's table back to what the table was made of, and says nothing where a name was given more than one value.
 */

/** Calls that learn from rows, by plugin, with the argument that names the rows; and the plugin that deals rows. */
const LEARNERS = { clean: { fit: 'train' }, features: { fit: 'table' } };
const DEALS = 'split';
/** Arguments whose rows are in what a call gives; the others, such as `cleaning` or `prep`, say what is done to them. */
const ROWS = new Set(['table', 'tables', 'train', 'left', 'right', 'others', 'folds']);

const rule = {
  meta: { type: 'problem', docs: { description: 'What learns from rows learns from the training part alone' } },
  create: (context) => ({
    Program(program) {
      const imports = importsOf(program);
      const variableOf = (identifier) => variableIn(context.sourceCode.getScope(identifier), identifier.name);
      const learns = [];
      const splits = [];
      walk(program, (node) => {
        if (node.type !== 'CallExpression') return;
        const called = calledOf(node, imports);
        if (!called) return;
        const argument = LEARNERS[called.plugin]?.[called.name];
        if (argument) learns.push({ node, called, rows: property(node, argument) });
        if (called.plugin === DEALS) splits.push({ node, called, rows: property(node, 'table') });
      });
      const isSplit = (node) => node.type === 'CallExpression' && calledOf(node, imports)?.plugin === DEALS;
      for (const learn of learns) {
        const root = learn.rows && rootOf(learn.rows);
        const variable = root && variableOf(root);
        if (!variable || !isKnown(variable) || holds(learn.rows, variableOf, isSplit)) continue;
        const isSame = (one) => one.type === 'Identifier' && variableOf(one) === variable;
        const split = splits.find(
          ({ node, rows }) => rows && pipelineOf(node) === pipelineOf(learn.node) && holds(rows, variableOf, isSame),
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

/** Whether what an expression's rows come from holds such a node. */
function holds(expression, variableOf, wanted, seen = new Set()) {
  let found = false;
  walkRows(expression, (node) => {
    found ||= wanted(node);
    const variable = !found && node.type === 'Identifier' ? variableOf(node) : undefined;
    if (!variable || seen.has(variable)) return;
    seen.add(variable);
    const values = valuesOf(variable);
    found = values.length === 1 && values[0] !== undefined && holds(values[0], variableOf, wanted, seen);
  });
  return found;
}

/** The variable that a name means where it stands. */
function variableIn(scope, name) {
  for (let one = scope; one; one = one.upper) if (one.set.has(name)) return one.set.get(name);
  return undefined;
}

/** What a variable was set to, in its declaration or later. */
function valuesOf({ references }) {
  return references.filter((one) => one.isWrite()).map((one) => one.writeExpr ?? undefined);
}

/** Whether it is known where a variable's rows come from: it was set once, and is no parameter. */
function isKnown(variable) {
  return valuesOf(variable).length === 1 && variable.defs.every(({ type }) => type === 'Variable');
}

/** The name that an expression such as `tidy` or `tidy.table` begins with. */
function rootOf(expression) {
  let node = expression;
  while (node.type === 'MemberExpression') node = node.object;
  return node.type === 'Identifier' ? node : undefined;
}

/** The outermost function around a node: what one pipeline is made in. */
function pipelineOf(node) {
  let found;
  for (let one = node; one; one = one.parent) if (/Function/.test(one.type)) found = one;
  return found;
}

/** Every node that an expression's rows may come from: of calls the arguments that carry rows. */
function walkRows(expression, visit) {
  walk(expression, (node) => {
    visit(node);
    if (node.type !== 'CallExpression') return true;
    for (const name of ROWS) {
      const rows = property(node, name);
      if (rows) walkRows(rows, visit);
    }
    return false;
  });
}

/** Every node below one, but below those for which `visit` gives false; names of properties are no names of values. */
function walk(node, visit) {
  if (!node || typeof node.type !== 'string') return;
  if (visit(node) === false) return;
  for (const [key, value] of Object.entries(node)) {
    if (key === 'parent' || (key === 'property' && !node.computed) || (key === 'key' && !node.computed)) continue;
    for (const one of Array.isArray(value) ? value : [value]) if (one && typeof one === 'object') walk(one, visit);
  }
}

export default { meta: { name: 'trainyard' }, rules: { 'learn-after-split': rule } };
