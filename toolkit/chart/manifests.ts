import { existsSync, globSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { run } from '../exec.ts'
import type { Context } from '../step.ts'

type File = { path: string; text: string }

/** What a chart renders, for those without Helm: for each `manifests/<variant>/values.yaml` of a chart, its objects beside it. */
export async function renderManifests(
  helm: string,
  context: Pick<Context, 'root' | 'env' | 'signal'>,
): Promise<File[]> {
  const variants = globSync('helm/*/manifests/*/values.yaml', { cwd: context.root }).sort()
  return Promise.all(variants.map(values => render(helm, values, context)))
}

/** The paths of those that are not what the chart renders now. */
export async function findStaleManifests(
  helm: string,
  context: Pick<Context, 'root' | 'env' | 'signal'>,
): Promise<string[]> {
  const files = await renderManifests(helm, context)
  const stale = await Promise.all(
    files.map(async ({ path, text }) => ((await readNow(join(context.root, path))) === text ? [] : [path])),
  )
  return stale.flat()
}

const readNow = async (path: string) => (existsSync(path) ? await readFile(path, 'utf8') : undefined)

async function render(
  helm: string,
  values: string,
  { root: cwd, env, signal }: Pick<Context, 'root' | 'env' | 'signal'>,
): Promise<File> {
  const folder = dirname(values)
  const chart = dirname(dirname(folder))
  const release = basename(chart)
  // Hooks are Helm's own: without it nothing would order or remove them.
  const args = ['template', release, chart, '--no-hooks', '--values', values]
  const { code, stdout, stderr } = await run(helm, args, { cwd, env, signal })
  if (code !== 0) throw new Error(`helm ${args.join(' ')} failed:\n${stderr.trim()}`)
  const mark = `# Generated from ${chart} and values.yaml by ./fairlead chart. Changes here are lost.\n`
  return { path: join(folder, `${release}.yaml`), text: mark + plain(stdout) }
}

/** Without the labels that say that Helm looks after an object, and without the names of templates. */
function plain(rendered: string): string {
  const documents = rendered
    .split(/^---$/m)
    .map(document =>
      document.replaceAll(/^(# Source: .*| +(helm\.sh\/chart|app\.kubernetes\.io\/managed-by): .*)\n/gm, ''),
    )
    .map(document => document.trim())
    .filter(document => document !== '')
  return `${documents.join('\n---\n')}\n`
}
