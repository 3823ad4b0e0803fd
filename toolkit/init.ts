import { isUtf8 } from 'node:buffer'
import { constants, existsSync } from 'node:fs'
import { access, mkdir, readFile, rename, rmdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { run } from './exec.ts'
import { createRenamer, nameMistake, repositoryMistake, templateName } from './init/rename.ts'
import { parseOptions } from './options.ts'
import { type Context, type Step, UsageError } from './step.ts'
import { listFiles } from './tree/list-files.ts'

export const init: Step = {
  name: 'init',
  summary: 'Give the service its own name, everywhere: the first thing to do in a fork.',
  help: `Usage: ./fairlead init --name shop-api [--repository acme/shop-api] [--dry-run]

  --name <name>              2 to 40 of a-z, 0-9 and -, starting with a letter
  --repository <owner/name>  where the repository lives on GitHub; default acme/<name>
  --dry-run                  say what would change, and change nothing

Renames in the text and in the names of all files that git does not ignore.`,
  async run(args, context) {
    const { values } = parseOptions(args, {
      name: { type: 'string' },
      repository: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
    })
    const { name, repository } = values
    if (name === undefined) throw new UsageError('init needs --name, such as --name shop-api')
    const files = await listFiles(context.root)
    const mistake =
      nameMistake(name, await takenNames(context.root, files)) ?? (repository && repositoryMistake(repository))
    if (mistake) throw new UsageError(mistake)
    await refuseSecondTime(context.root)
    const changes = await planChanges(context.root, files, createRenamer(name, repository))
    if (values['dry-run']) return listChanges(changes, context)
    await apply(context.root, changes)
    await updateVerifiers(context.root)
    await format(context)
    context.print(`Renamed to ${name} in ${changes.length} files. Look at them with: git diff`)
    context.print('Next: npm test, then commit; npm start runs the service.')
    return 0
  },
}

/** A name that is a folder here, a package, something that every database, cluster or machine has, or no text in YAML. */
async function takenNames(root: string, files: string[]): Promise<Set<string>> {
  const lockfile: { packages: Record<string, unknown> } = JSON.parse(
    await readFile(join(root, 'package-lock.json'), 'utf8'),
  )
  const packages = Object.keys(lockfile.packages).map(path => path.replace(/^.*node_modules\//, ''))
  const folders = files.map(file => file.replace(/\/.*$/, ''))
  const fixed = ['fairlead', 'delivery', 'postgres', 'template0', 'template1', 'default', 'localhost', 'flux-system']
  const notText = ['true', 'false', 'null', 'yes', 'no', 'on', 'off']
  return new Set([...packages, ...folders, ...fixed, ...notText])
}

const nameFile = 'service/name.ts'

async function refuseSecondTime(root: string): Promise<void> {
  const now = /name = ['"]([^'"]+)/.exec(await readFile(join(root, nameFile), 'utf8'))?.[1]
  if (now !== templateName)
    throw new Error(`this service is already called ${now} (${nameFile}); init renames the template only once`)
}

type Change = { path: string; newPath: string; text?: string }

/** Everything is read and checked before anything is written. */
async function planChanges(root: string, files: string[], renamed: (text: string) => string): Promise<Change[]> {
  const changes: Change[] = []
  for (const path of files) {
    if (path === 'LICENSE') continue
    const bytes = await readFile(join(root, path))
    const old = isUtf8(bytes) && !bytes.includes(0) ? bytes.toString() : ''
    const text = renamed(old)
    const newPath = renamed(path)
    if (text === old && newPath === path) continue
    if (newPath !== path && files.includes(newPath))
      throw new Error(`${path} would become ${newPath}, which exists; nothing was changed`)
    await access(join(root, path), constants.W_OK)
    changes.push({ path, newPath, ...(text !== old && { text }) })
  }
  // Last, so that an init that was cut off can be run again.
  return changes.sort((a, b) => Number(a.path === nameFile) - Number(b.path === nameFile))
}

function listChanges(changes: Change[], { print }: Context): number {
  for (const { path, newPath, text } of changes) {
    print(
      [path, ...(newPath === path ? [] : [`→ ${newPath}`]), ...(text === undefined ? ['(name only)'] : [])].join(' '),
    )
  }
  print(`${changes.length} files would change; nothing was changed.`)
  return 0
}

async function apply(root: string, changes: Change[]): Promise<void> {
  for (const { path, newPath, text } of changes) {
    if (text !== undefined) await writeFile(join(root, path), text)
    if (newPath === path) continue
    await mkdir(dirname(join(root, newPath)), { recursive: true })
    await rename(join(root, path), join(root, newPath))
    await removeEmpty(root, dirname(path))
  }
}

async function removeEmpty(root: string, folder: string): Promise<void> {
  if (folder === '.') return
  try {
    await rmdir(join(root, folder))
  } catch (error) {
    // A cast: file system calls reject with nothing else. Not empty yet: the last file that leaves comes here, too.
    if ((error as NodeJS.ErrnoException).code === 'ENOTEMPTY') return
    throw error
  }
  await removeEmpty(root, dirname(folder))
}

/** They hold the repository's name within patterns, where a dot of it needs a backslash. */
async function updateVerifiers(root: string): Promise<void> {
  if (!existsSync(join(root, '.github/identities.json'))) return
  const { writeVerifiers } = await import('./manifests/verifiers.ts')
  await writeVerifiers(root)
}

/** A longer or shorter name moves line breaks, and the lint of `npm test` minds. */
async function format({ root, signal }: Context): Promise<void> {
  const { code, stderr } = await run(join(root, 'node_modules/.bin/biome'), ['format', '--write', '.'], {
    cwd: root,
    signal,
  })
  if (code !== 0) throw new Error(`everything is renamed, but biome could not format it; run npm run fix\n${stderr}`)
}
