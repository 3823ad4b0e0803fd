import { posix } from 'node:path'
import { type Import, readSource, type Source } from './tree/imports.ts'

/** A broken rule of DESIGN.md 2, with the place and the way out. */
export type Violation = { file: string; line: number; rule: string; advice: string }

export const formatViolation = ({ file, line, rule, advice }: Violation) => `${file}:${line}: ${rule}; ${advice}`

/** Paths end in `/` for a folder. Tests (`*.test.ts`, `testing/` folders, `lib/test-*.ts`) obey a row unless `tests` is true. */
type Door = { module: RegExp; only: string[]; rule: string; tests: boolean }

/** Packages and parts of Node that one file wraps for everybody else. */
const doors: Door[] = [
  {
    module: /^(node:)?(child_process|cluster)$/,
    only: ['toolkit/exec.ts', 'delivery/reconciler/git.ts'],
    rule: 'only toolkit/exec.ts starts processes, and delivery/reconciler/git.ts runs git',
    tests: true,
  },
  {
    module: /^@opentelemetry\/(?!api($|\/))/,
    only: ['service/tracing.ts'],
    rule: 'only service/tracing.ts knows the OpenTelemetry SDK',
    tests: false,
  },
]

/** Parts of one layer that must not know each other. Between layers there is one rule only: see `crossesLayers`. */
const strangers: { from: string; to: string[]; rule: string }[] = [
  { from: 'delivery/outbox/', to: ['delivery/sinks/'], rule: 'the dispatcher is handed the sinks' },
  {
    from: 'delivery/sinks/',
    to: ['delivery/outbox/', 'delivery/receiver/', 'delivery/watcher/', 'delivery/reconciler/'],
    rule: 'a sink knows neither the outbox nor who writes to it',
  },
]

const entryPoints = [
  ...['service/main.ts', 'service/migrate.ts', 'service/healthcheck.ts'],
  ...['delivery/main.ts', 'delivery/cli.ts', 'delivery/healthcheck.ts', 'toolkit/cli.ts'],
]

const isTest = (file: string) => /\.test\.ts$|\/testing\/|^lib\/test-[^/]*\.ts$/.test(file)

/** Holds the import rules over the text of every source file, by its path from the root of the tree. */
export function findViolations(texts: ReadonlyMap<string, string>): Violation[] {
  const sources = new Map([...texts].map(([file, text]) => [file, readSource(file, text)]))
  return [...sources].flatMap(([file, source]) => checkFile(file, source)).concat(findCycles(sources))
}

function checkFile(file: string, source: Source): Violation[] {
  const at = (line: number, rule: string, advice: string) => ({ file, line, rule, advice })
  const found = source.imports.flatMap(each =>
    checkImport(file, each).map(([rule, advice]) => at(each.line, rule, advice)),
  )
  if (isTest(file)) return found
  for (const line of source.opaqueImports) {
    found.push(at(line, 'import() has a computed target', 'import a literal path, so that these rules can see it'))
  }
  if (entryPoints.includes(file)) return found
  for (const line of source.environment) {
    const rule = 'process.env is read in entry points only'
    found.push(at(line, rule, `take the value as an argument, and read it in ${entryPoints.join(', ')}`))
  }
  return found
}

function checkImport(file: string, { specifier }: Import): [rule: string, advice: string][] {
  if (!specifier.startsWith('.')) {
    const closed = doors.filter(
      door => door.module.test(specifier) && !door.only.includes(file) && !(door.tests && isTest(file)),
    )
    return closed.map(door => [`imports ${specifier}, but ${door.rule}`, 'call that file instead'])
  }
  const target = targetOf(file, specifier)
  const found: [string, string][] = []
  if (crossesLayers(file, target))
    found.push([`imports ${target}, but ${layerRule(file)}`, 'move what both need into lib/'])
  for (const { from, to, rule } of strangers) {
    if (file.startsWith(from) && to.some(part => target.startsWith(part))) {
      found.push([`imports ${target}, but ${rule}`, 'pass it in from delivery/main.ts'])
    }
  }
  return found
}

const layers = ['service/', 'delivery/', 'toolkit/', 'lib/']
const layerOf = (path: string) => path.slice(0, path.indexOf('/') + 1)

/** A layer is a top folder: it sees itself, lib/, and JSON that belongs to no layer (a lock file of migrations). lib/ sees itself. */
function crossesLayers(file: string, target: string): boolean {
  const from = layerOf(file)
  const to = layerOf(target)
  if (from === 'lib/' || to === from) return to !== from
  const isData = target.endsWith('.json') && !layers.includes(to)
  return to !== 'lib/' && !isData
}

const layerRule = (file: string) =>
  layerOf(file) === 'lib/'
    ? 'lib/ imports nothing of ours outside lib/'
    : `${layerOf(file)} imports only itself and lib/`

const targetOf = (file: string, specifier: string) => posix.join(posix.dirname(file), specifier)

/** Depth first; each way back to a file that is still open is one cycle. Type-only imports are erased and make none. */
function findCycles(sources: ReadonlyMap<string, Source>): Violation[] {
  const found: Violation[] = []
  const done = new Set<string>()
  const visit = (file: string, open: string[]) => {
    for (const { specifier, line, kind } of sources.get(file)?.imports ?? []) {
      const target = targetOf(file, specifier)
      if (kind === 'type' || !specifier.startsWith('.') || done.has(target)) continue
      const start = [...open, file].indexOf(target)
      if (start < 0) visit(target, [...open, file])
      else {
        const rule = `closes a run-time import cycle: ${[...open, file].slice(start).concat(target).join(' → ')}`
        found.push({ file, line, rule, advice: 'move what both need into a third file, or import only the type' })
      }
    }
    done.add(file)
  }
  for (const file of sources.keys()) if (!done.has(file)) visit(file, [])
  return found
}
