import { type ESTree, parseSync, Visitor } from 'rolldown/utils'

export type Import = {
  specifier: string
  line: number
  /** `type` is erased before the file runs. `static` and `dynamic` are edges at run time. */
  kind: 'type' | 'static' | 'dynamic'
}

/** What the import rules need to know about one file, read from its syntax tree. */
export type Source = {
  imports: Import[]
  /** Lines that touch `process.env`, however it is spelled. */
  environment: number[]
  /** Lines of an `import()` whose target is computed, which no rule can see through. */
  opaqueImports: number[]
}

const processModules = ['process', 'node:process']

export function readSource(path: string, text: string): Source {
  const { program, errors } = parseSync(path, text)
  if (errors[0]) throw new Error(`${path} does not parse: ${errors[0].message}`)
  const source: Source = { imports: [], environment: [], opaqueImports: [] }
  const lineOf = (node: ESTree.Span) => text.slice(0, node.start).split('\n').length
  const processNames = new Set(['process'])
  const isProcess = (node: ESTree.Node | null) =>
    (node?.type === 'Identifier' && processNames.has(node.name)) ||
    (node?.type === 'MemberExpression' && propertyOf(node) === 'process')
  const takesEnv = (pattern: ESTree.Node, from: ESTree.Node | null) => {
    if (pattern.type !== 'ObjectPattern' || !isProcess(from)) return
    const takes = pattern.properties.some(each => each.type === 'RestElement' || nameOf(each.key) === 'env')
    if (takes) source.environment.push(lineOf(pattern))
  }

  const add = (node: ESTree.Node, specifier: string, kind: Import['kind']) =>
    source.imports.push({ specifier, line: lineOf(node), kind })
  new Visitor({
    ImportDeclaration(node) {
      // With verbatimModuleSyntax `import { type A } from 'a'` still loads a; only `import type` is erased.
      add(node, node.source.value, node.importKind === 'type' ? 'type' : 'static')
      if (!processModules.includes(node.source.value)) return
      for (const each of node.specifiers) {
        if (each.type !== 'ImportSpecifier') processNames.add(each.local.name)
        else if (nameOf(each.imported) === 'env') source.environment.push(lineOf(each))
      }
    },
    ExportNamedDeclaration(node) {
      if (node.source) add(node, node.source.value, node.exportKind === 'type' ? 'type' : 'static')
    },
    ExportAllDeclaration(node) {
      add(node, node.source.value, node.exportKind === 'type' ? 'type' : 'static')
    },
    ImportExpression(node) {
      const target = textOf(node.source)
      if (target === undefined) source.opaqueImports.push(lineOf(node))
      else add(node, target, 'dynamic')
    },
    TSImportType(node) {
      add(node, node.source.value, 'type')
    },
    MemberExpression(node) {
      if (propertyOf(node) === 'env' && isProcess(node.object)) source.environment.push(lineOf(node))
    },
    VariableDeclarator(node) {
      takesEnv(node.id, node.init)
    },
    AssignmentExpression(node) {
      takesEnv(node.left, node.right)
    },
  }).visit(program)
  return source
}

function propertyOf(node: ESTree.MemberExpression): string | undefined {
  return node.computed ? textOf(node.property) : nameOf(node.property)
}

function nameOf(node: ESTree.Node): string | undefined {
  return node.type === 'Identifier' ? node.name : textOf(node)
}

function textOf(node: ESTree.Node): string | undefined {
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value
  if (node.type === 'TemplateLiteral' && node.expressions.length === 0) return node.quasis[0]?.value.cooked ?? undefined
  return undefined
}
