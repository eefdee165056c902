import {
  parse,
  type Expression,
  type ModuleDeclaration,
  type Pattern,
  type Program,
  type SpreadElement,
  type Statement,
} from 'acorn';

/**
 * Marks, in a module's JavaScript, the top-level declarations whose evaluation changes nothing but themselves, so that
 * a bundler leaves out those that an entry does not use: the nodes of one file then do not count for each other.
 * What is not understood stays as it is, and counts for everything that imports the module.
 *
 * Understood are literals, functions, reads of properties, operators, calls of the authoring face and of zod, and a few
 * globals. The result is for taking a hash, not for being run. Gives the source back where it cannot be parsed.
 */
export function markPure(source: string, isAuthoring: (specifier: string) => boolean): string {
  let program: Program;
  try {
    program = parse(source, { ecmaVersion: 'latest', sourceType: 'module' });
  } catch {
    return source;
  }
  const names = new Names(program, isAuthoring);
  const marks = program.body.flatMap((statement) => initialisers(statement)).filter(({ value }) => names.isPure(value));
  let marked = '';
  let from = 0;
  for (const { value } of marks) {
    marked += `${source.slice(from, value.start)}/* @__PURE__ */ (() => (${source.slice(value.start, value.end)}))()`;
    from = value.end;
  }
  return marked + source.slice(from);
}

interface Initialiser {
  /** Undefined for `export default`, and for what may be given another value. */
  readonly name: string | undefined;
  readonly value: Expression;
}

/** Values given to plain names at the top level, in their order. Functions and literals need no mark. */
function initialisers(statement: Statement | ModuleDeclaration): Initialiser[] {
  if (statement.type === 'ExportNamedDeclaration')
    return statement.declaration ? initialisers(statement.declaration) : [];
  if (statement.type === 'ExportDefaultDeclaration') {
    const { declaration } = statement;
    const isValue = declaration.type !== 'FunctionDeclaration' && declaration.type !== 'ClassDeclaration';
    return isValue && needsMark(declaration) ? [{ name: undefined, value: declaration }] : [];
  }
  if (statement.type !== 'VariableDeclaration') return [];
  return statement.declarations.flatMap(({ id, init }) =>
    id.type === 'Identifier' && init && needsMark(init)
      ? [{ name: statement.kind === 'const' ? id.name : undefined, value: init }]
      : [],
  );
}

/** The names that a declaration declares. */
function namesIn(pattern: Pattern): string[] {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern.name];
    case 'ArrayPattern':
      return pattern.elements.flatMap((one) => (one === null ? [] : namesIn(one)));
    case 'ObjectPattern':
      return pattern.properties.flatMap((one) => namesIn(one.type === 'RestElement' ? one.argument : one.value));
    case 'AssignmentPattern':
      return namesIn(pattern.left);
    case 'RestElement':
      return namesIn(pattern.argument);
    default:
      return [];
  }
}

function needsMark({ type }: Expression): boolean {
  return !['Literal', 'Identifier', 'ArrowFunctionExpression', 'FunctionExpression', 'ClassExpression'].includes(type);
}

/** Functions of the authoring face that only make what they return. */
const AUTHORING = new Set(
  ['node', 'composite', 'implement', 'pipeline', 'json', 'report', 'many', 'optional', 'refTo', 'file', 'table'].concat(
    ['float', 'int', 'categorical', 'tableSchema'],
  ),
);

/** What zod has beside functions that only make schemas: settings for all, registries, calls of given functions. */
const ZOD_ACTS =
  /^(config|setErrorMap|register|globalRegistry|add|remove|clear|apply|implement|implementAsync|(safe)?(parse|decode|encode)(Async)?|_.*)$/;

/** Global functions and classes that only make what they return, given values. */
const MAKERS = new Set(['Number', 'String', 'Boolean', 'BigInt', 'Symbol']);
const MAKER_METHODS: Readonly<Record<string, RegExp>> = {
  Math: /^(?!random$)/,
  Number: /./,
  String: /^fromC/,
  Symbol: /^for$/,
  JSON: /^(parse|stringify)$/,
  Object: /^(keys|values|entries|fromEntries)$/,
};
const CLASSES =
  /^(Map|Set|WeakMap|WeakSet|RegExp|URL|Error|TextEncoder|TextDecoder|(Big)?(Int|Uint|Float)\d+(Clamped)?Array|Array|ArrayBuffer)$/;

/** What the names at the top level of a module stand for. */
class Names {
  readonly #own = new Set<string>();
  readonly #authoring = new Set<string>();
  readonly #zod = new Set<string>();

  constructor(program: Program, isAuthoring: (specifier: string) => boolean) {
    for (const statement of program.body) this.#declare(statement, isAuthoring);
    for (const { name, value } of program.body.flatMap((statement) => initialisers(statement)))
      if (name !== undefined && value.type === 'CallExpression' && this.#isZod(value)) this.#zod.add(name);
  }

  #declare(statement: Statement | ModuleDeclaration, isAuthoring: (specifier: string) => boolean): void {
    if (statement.type === 'ImportDeclaration') {
      const from = String(statement.source.value);
      for (const specifier of statement.specifiers) {
        this.#own.add(specifier.local.name);
        if (/^zod(\/(v4|mini|v4-mini))?$/.test(from)) this.#zod.add(specifier.local.name);
        if (specifier.type !== 'ImportSpecifier' || specifier.imported.type !== 'Identifier') continue;
        if (AUTHORING.has(specifier.imported.name) && isAuthoring(from)) this.#authoring.add(specifier.local.name);
      }
    } else if (statement.type === 'ExportNamedDeclaration') {
      if (statement.declaration) this.#declare(statement.declaration, isAuthoring);
    } else if (statement.type === 'VariableDeclaration') {
      for (const { id } of statement.declarations) for (const name of namesIn(id)) this.#own.add(name);
    } else if (statement.type === 'FunctionDeclaration' || statement.type === 'ClassDeclaration') {
      this.#own.add(statement.id.name);
    }
  }

  /** Whether an expression changes nothing and calls nothing that might. Reading a property counts as nothing. */
  isPure(node: Expression | SpreadElement): boolean {
    switch (node.type) {
      case 'Literal':
      case 'Identifier':
      case 'ThisExpression':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
      case 'MetaProperty':
        return true;
      case 'SpreadElement':
      case 'UnaryExpression':
        return (node.type === 'SpreadElement' || node.operator !== 'delete') && this.isPure(node.argument);
      case 'TemplateLiteral':
        return node.expressions.every((one) => this.isPure(one));
      case 'ArrayExpression':
        return node.elements.every((one) => one === null || this.isPure(one));
      case 'ObjectExpression':
        return node.properties.every((one) =>
          one.type === 'SpreadElement'
            ? this.isPure(one)
            : (!one.computed || this.isPure(one.key)) && this.isPure(one.value),
        );
      case 'BinaryExpression':
        return node.left.type !== 'PrivateIdentifier' && this.isPure(node.left) && this.isPure(node.right);
      case 'LogicalExpression':
        return this.isPure(node.left) && this.isPure(node.right);
      case 'ConditionalExpression':
        return this.isPure(node.test) && this.isPure(node.consequent) && this.isPure(node.alternate);
      case 'ChainExpression':
        return this.isPure(node.expression);
      case 'ParenthesizedExpression':
        return this.isPure(node.expression);
      case 'MemberExpression':
        if (node.object.type === 'Super' || node.property.type === 'PrivateIdentifier') return false;
        return this.isPure(node.object) && (!node.computed || this.isPure(node.property));
      case 'NewExpression':
        return this.#isGlobal(node.callee, CLASSES) && node.arguments.every((one) => this.isPure(one));
      case 'CallExpression':
        return this.#isMaker(node.callee, node.arguments) || this.#isZod(node) || this.#isDeclaration(node);
      default:
        return false;
    }
  }

  #isGlobal(callee: Expression, names: RegExp): boolean {
    return callee.type === 'Identifier' && names.test(callee.name) && !this.#own.has(callee.name);
  }

  /** A global function, or a method of one, given values: no function that it could call. */
  #isMaker(callee: Expression | { type: 'Super' }, given: readonly (Expression | SpreadElement)[]): boolean {
    if (!given.every((one) => !one.type.includes('Function') && this.isPure(one))) return false;
    if (callee.type === 'Identifier') return MAKERS.has(callee.name) && !this.#own.has(callee.name);
    if (callee.type !== 'MemberExpression' || callee.computed || callee.property.type !== 'Identifier') return false;
    const { object, property } = callee;
    if (object.type !== 'Identifier' || this.#own.has(object.name)) return false;
    return MAKER_METHODS[object.name]?.test(property.name) ?? false;
  }

  /** `node(…)`, `implement(…)` and the like. */
  #isDeclaration(call: Expression): boolean {
    if (call.type !== 'CallExpression' || call.callee.type !== 'Identifier') return false;
    return this.#authoring.has(call.callee.name) && call.arguments.every((one) => this.isPure(one));
  }

  /** A chain of calls that begins with zod, or with a schema that this module has made of it. */
  #isZod(call: Expression): boolean {
    let at: Expression | { type: 'Super' } = call;
    while (at.type === 'CallExpression' || at.type === 'MemberExpression') {
      if (at.type === 'CallExpression') {
        if (!at.arguments.every((one) => this.isPure(one))) return false;
        at = at.callee;
      } else {
        if (at.computed || at.property.type !== 'Identifier' || ZOD_ACTS.test(at.property.name)) return false;
        at = at.object;
      }
    }
    return at.type === 'Identifier' && this.#zod.has(at.name) && !ZOD_ACTS.test(at.name);
  }
}
