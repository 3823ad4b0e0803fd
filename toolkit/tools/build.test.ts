import assert from 'node:assert/strict'
import { appendFile, chmod, cp, mkdir, readdir, readFile, readlink, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createFolder } from '../testing/folder.ts'
import { prepareTool, toolCache } from './build.ts'
import { NoGo } from './go.ts'
import { pinOf } from './pins.ts'

const checkout = join(import.meta.dirname, '../..')
const promtool = pinOf('promtool')

// Stands in for the go command, whose real build takes minutes; `./fairlead check promtool` runs that one.
const fakeGo = `#!/bin/sh
case $1 in
version) printf 'go version %s linux/amd64\\n' "$FAKE_VERSION" ;;
build)
  echo "$* with \${GOEXPERIMENT:-nothing new}" >> "$FAKE_BUILDS"
  echo 'go: downloading example.org/a v1.0.0' >&2
  echo example.org/a >&2
  while [ "$1" != -o ]; do shift; done
  echo "$FAKE_VERSION" > "$2"
  if [ -n "\${FAKE_COMPLAINT:-}" ]; then echo "$FAKE_COMPLAINT" >&2; exit 1; fi
  ;;
esac
`

async function open(t: TestContext, pin = promtool) {
  const folder = await createFolder()
  t.after(() => folder[Symbol.asyncDispose]())
  const path = (name: string) => join(folder.path, name)
  await mkdir(path('bin'))
  await writeFile(path('bin/go'), fakeGo)
  await chmod(path('bin/go'), 0o755)
  await writeFile(path('builds'), '')
  const ours = join('third-party', pin.folder)
  await cp(join(checkout, ours), path(`tree/${ours}`), { recursive: true })
  const env = {
    PATH: [path('bin'), process.env.PATH].join(delimiter),
    XDG_CACHE_HOME: path('cache'),
    FAKE_VERSION: 'go1.26.0',
    FAKE_BUILDS: path('builds'),
  }
  const context = { root: path('tree'), env, signal: t.signal, hurry: t.signal, print: () => {} }
  return {
    path,
    prepare: (more: NodeJS.ProcessEnv = {}) => prepareTool(pin, { ...context, env: { ...env, ...more } }),
    builds: async () => (await readFile(path('builds'), 'utf8')).split('\n').slice(0, -1),
    cached: () => readdir(path('cache/fairlead/tools')),
  }
}

test('a tool is built once, with its version in it, and linked', async t => {
  const { path, prepare, builds, cached } = await open(t)
  const first = await prepare()
  assert.equal(first.wasThere, false)
  assert.equal(await readFile(path('tree/.bin/promtool'), 'utf8'), 'go1.26.0\n')
  assert.equal(await readlink(path('tree/.bin/promtool')), first.path)
  assert.deepEqual(await prepare(), { ...first, wasThere: true })
  const [build = '', ...more] = await builds()
  assert.match(build, /^build -mod=readonly -trimpath /)
  assert.ok(build.includes(`-X github.com/prometheus/common/version.Version=${first.release}`), build)
  assert.deepEqual(more, [])
  assert.equal((await cached()).length, 1, 'what was built on the way is left')
})

test('another go.sum or another Go makes another tool, and the old one stays for other checkouts', async t => {
  const { path, prepare, cached } = await open(t)
  const first = await prepare()
  const second = await prepare({ FAKE_VERSION: 'go1.27.0' })
  await appendFile(path('tree/third-party/prometheus/go.sum'), 'example.org/a v1.0.0 h1:a\n')
  const third = await prepare({ FAKE_VERSION: 'go1.27.0' })
  assert.equal(new Set([first.path, second.path, third.path]).size, 3)
  assert.equal(await readlink(path('tree/.bin/promtool')), third.path)
  assert.equal((await cached()).length, 3)
})

test('a tool that needs an experiment of Go is built with it, and one that does not need it without', async t => {
  const { prepare, builds } = await open(t, pinOf('trivy'))
  await prepare()
  assert.match((await builds()).join(), / with jsonv2$/)
  const other = await open(t)
  await other.prepare()
  assert.match((await other.builds()).join(), / with nothing new$/)
})

test('a program of ours is made again when its own source changes, and only then', async t => {
  const { path, prepare } = await open(t, pinOf('pause'))
  const first = await prepare()
  await writeFile(path('tree/third-party/kubernetes/other.go'), 'package other\n')
  assert.equal((await prepare()).path, first.path)
  await appendFile(path('tree/third-party/kubernetes/pause/main.go'), '// changed\n')
  assert.notEqual((await prepare()).path, first.path)
})

test('two at once end with one whole tool', async t => {
  const { prepare, cached } = await open(t)
  const [one, other] = await Promise.all([prepare(), prepare()])
  assert.equal(one.path, other.path)
  assert.equal(await readFile(one.path, 'utf8'), 'go1.26.0\n')
  assert.equal((await cached()).length, 1)
})

test('a build that fails says why and leaves nothing', async t => {
  const { prepare, cached } = await open(t)
  await assert.rejects(prepare({ FAKE_COMPLAINT: 'a.go:1:1: syntax error' }), {
    message: 'promtool cannot be built; go build ended with 1:\na.go:1:1: syntax error',
  })
  assert.deepEqual(await cached(), [])
  assert.equal((await prepare()).wasThere, false)
})

test('without Go, one sentence', async t => {
  const { path, prepare } = await open(t)
  await assert.rejects(prepare({ PATH: path('nothing') }), error => {
    assert.ok(error instanceof NoGo)
    assert.equal(error.message, 'install Go 1.26 or newer (https://go.dev/dl)')
    return true
  })
})

test('a cache that cannot be made is told, with the way out', async t => {
  const { path, prepare } = await open(t)
  await writeFile(path('cache'), 'a file')
  await assert.rejects(prepare(), {
    message: `${path('cache/fairlead/tools')} cannot be written (ENOTDIR); point XDG_CACHE_HOME to a folder that can`,
  })
})

test('where the cache is', () => {
  assert.equal(toolCache({ XDG_CACHE_HOME: '/a', HOME: '/b' }), '/a/fairlead/tools')
  assert.equal(toolCache({ XDG_CACHE_HOME: 'relative', HOME: '/b' }), '/b/.cache/fairlead/tools')
})
