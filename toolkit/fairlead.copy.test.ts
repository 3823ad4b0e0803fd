import assert from 'node:assert/strict'
import { chmod, cp, mkdir, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { createCheckout, linkPackages } from './testing/checkout.ts'
import { createFolder } from './testing/folder.ts'
import { launchCommand } from './testing/launcher.ts'

const fairlead = join(import.meta.dirname, '..', 'fairlead')

async function call(command: string, { path = process.env.PATH ?? '', cwd = '/' } = {}) {
  await using launched = launchCommand(command, ['--help'], { env: { PATH: path }, cwd })
  return { code: await launched.ended, output: launched.output() }
}

/** A folder for PATH with a `node` that says it is of this version and does nothing else. */
async function fakeNode(folder: string, version: string) {
  const bin = join(folder, version)
  await mkdir(bin)
  await writeFile(join(bin, 'node'), `#!/bin/sh\necho ${version}\n`)
  await chmod(join(bin, 'node'), 0o755)
  return bin
}

/** `fairlead` alone in a folder, as in a checkout that has no packages. */
async function createBare() {
  const folder = await createFolder()
  await cp(fairlead, join(folder.path, 'fairlead'))
  return folder
}

test('it works from anywhere, through links, with spaces in the path', async () => {
  await using checkout = await createCheckout()
  await using elsewhere = await createFolder()
  await symlink(join(checkout.path, 'fairlead'), join(elsewhere.path, 'first'))
  await symlink('first', join(elsewhere.path, 'second link'))
  for (const [command, cwd] of [
    [join(checkout.path, 'fairlead'), '/'],
    ['./fairlead', checkout.path],
    ['./second link', elsewhere.path],
    [join(elsewhere.path, 'second link'), '/'],
  ] as const) {
    const { code, output } = await call(command, { cwd })
    assert.equal(code, 0, output)
    assert.match(output, /^Usage: /)
  }
})

test('without packages there is one sentence, with a good Node on PATH or not', async () => {
  await using folder = await createBare()
  for (const path of [`${dirname(process.execPath)}:/usr/bin:/bin`, '/usr/bin:/bin']) {
    assert.deepEqual(await call(join(folder.path, 'fairlead'), { path }), {
      code: 1,
      output: `fairlead: the packages are missing: run \`npm ci\` in ${folder.path} first\n`,
    })
  }
})

test('packages without a Node that runs, and an old one on PATH: one sentence', async () => {
  await using folder = await createBare()
  await mkdir(join(folder.path, 'node_modules/.bin'), { recursive: true })
  const old = await fakeNode(folder.path, 'v20.20.2')
  // Only what the script itself calls, so that no other node of this machine is found.
  const tools = join(folder.path, 'tools')
  await mkdir(tools)
  for (const tool of ['dirname', 'readlink', 'sh']) await symlink(join('/usr/bin', tool), join(tools, tool))
  assert.deepEqual(await call(join(folder.path, 'fairlead'), { path: `${old}:${tools}` }), {
    code: 1,
    output: `fairlead: needs Node 24 or newer, found v20.20.2: run \`npm ci\` in ${folder.path} (Linux with glibc), or put Node 24 on PATH\n`,
  })
})

test('a Node in node_modules that does not run here gives way to one on PATH', async () => {
  await using checkout = await createCheckout()
  await rm(join(checkout.path, 'node_modules'))
  await linkPackages(checkout.path, '.bin')
  const bin = join(checkout.path, 'node_modules/.bin')
  await mkdir(bin)
  await writeFile(join(bin, 'node'), '#!/no/such/loader\n')
  await chmod(join(bin, 'node'), 0o755)
  const old = await fakeNode(checkout.path, 'v22.1.0')
  const path = `${bin}:${old}:${dirname(process.execPath)}:/usr/bin:/bin` // npm puts .bin first
  const { code, output } = await call(join(checkout.path, 'fairlead'), { path })
  assert.match(output, /^Usage: /)
  assert.equal(code, 0)
})
