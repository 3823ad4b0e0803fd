import assert from 'node:assert/strict'
import { appendFile, chmod, cp, mkdir, readdir, readFile, realpath, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { NotRun } from '../not-run.ts'
import { createFolder } from '../testing/folder.ts'
import { prepareWheels } from './install.ts'
import { need } from './need.ts'
import { NoPython } from './python.ts'
import { type WheelPin, wheelPins } from './wheels.ts'

const checkout = join(import.meta.dirname, '../..')
const pin = wheelPins.find(each => each.name === 'zizmor') as WheelPin // it is in the list

// Stands in for Python, whose real wheels need an index; `./fairlead check workflows` installs those.
const fakePython = `#!/bin/sh
case "$*" in
*'-c '*) echo "\${FAKE_COMPLAINT:-}" >&2; [ -z "\${FAKE_COMPLAINT:-}" ] && echo "$FAKE_VERSION" ;;
*'-m venv '*) for path; do :; done; mkdir -p "$path/bin" && cp "$0" "$path/bin/python" ;;
*'-m pip '*)
  echo "$*" >> "$FAKE_INSTALLS"
  if [ -n "\${FAKE_HASH:-}" ]; then echo "$FAKE_HASH" >&2; exit 1; fi
  echo "$FAKE_VERSION" > "\${0%/*}/zizmor"
  ;;
esac
`

async function open(t: TestContext) {
  const folder = await createFolder()
  t.after(() => folder[Symbol.asyncDispose]())
  const path = (name: string) => join(folder.path, name)
  await mkdir(path('bin'))
  await writeFile(path('bin/python3'), fakePython)
  await chmod(path('bin/python3'), 0o755)
  await writeFile(path('installs'), '')
  await cp(join(checkout, 'third-party/zizmor'), path('tree/third-party/zizmor'), { recursive: true })
  const env = {
    PATH: [path('bin'), process.env.PATH].join(delimiter),
    XDG_CACHE_HOME: path('cache'),
    FAKE_VERSION: '3.12.1',
    FAKE_INSTALLS: path('installs'),
  }
  const context = (more: NodeJS.ProcessEnv) => ({
    ...{ root: path('tree'), env: { ...env, ...more }, signal: t.signal, hurry: t.signal, print: () => {} },
  })
  return {
    path,
    prepare: (more: NodeJS.ProcessEnv = {}) => prepareWheels(pin, context(more)),
    need: (more: NodeJS.ProcessEnv = {}) => need('zizmor', context(more)),
    installs: async () => (await readFile(path('installs'), 'utf8')).split('\n').slice(0, -1),
    cached: () => readdir(path('cache/fairlead/tools')),
  }
}

test('a tool is installed once, with hashes and without programs of packages, and linked', async t => {
  const { path, prepare, installs, cached } = await open(t)
  const first = await prepare()
  assert.equal(first.wasThere, false)
  assert.equal(await readFile(path('tree/.bin/zizmor'), 'utf8'), '3.12.1\n')
  assert.deepEqual(await prepare(), { ...first, wasThere: true })
  const [install = '', ...more] = await installs()
  assert.deepEqual(more, [])
  for (const option of ['--require-hashes', '--no-deps', '--only-binary :all:', path('tree/third-party/zizmor')])
    assert.ok(install.includes(option), `${option} is not in: ${install}`)
  assert.equal((await cached()).length, 2, 'an environment, and the link to it')
})

test('what Python made is where Python made it, because its scripts name that path', async t => {
  const { prepare } = await open(t)
  const { path: tool } = await prepare()
  assert.match(await realpath(tool), /\/\.zizmor-\w+\/bin\/zizmor$/)
})

test('other requirements or another Python make another tool', async t => {
  const { path, prepare } = await open(t)
  const first = await prepare()
  const second = await prepare({ FAKE_VERSION: '3.13.0' })
  await appendFile(path('tree/third-party/zizmor/requirements.txt'), '# changed\n')
  const third = await prepare({ FAKE_VERSION: '3.13.0' })
  assert.equal(new Set([first.path, second.path, third.path]).size, 3)
})

test('two at once end with a whole tool', async t => {
  const { prepare } = await open(t)
  const [one, other] = await Promise.all([prepare(), prepare()])
  assert.equal(one.path, other.path)
  assert.equal(await readFile(one.path, 'utf8'), '3.12.1\n')
})

test('a wheel with another hash is refused in the words of pip, and nothing is left', async t => {
  const { prepare, cached } = await open(t)
  await assert.rejects(prepare({ FAKE_HASH: 'ERROR: THESE PACKAGES DO NOT MATCH THE HASHES' }), {
    message: 'zizmor cannot be installed; ERROR: THESE PACKAGES DO NOT MATCH THE HASHES',
  })
  assert.deepEqual(await cached(), [])
})

const advice = 'install Python 3.11 or newer with venv and pip (Debian: apt-get install python3-venv)'

test('without Python, one sentence', async t => {
  const { path, prepare } = await open(t)
  await assert.rejects(prepare({ PATH: path('nothing') }), error => {
    assert.ok(error instanceof NoPython)
    assert.equal(error.message, advice)
    return true
  })
})

test('an old Python is no use, and who needs the tool hears what does not work', async t => {
  const { need } = await open(t)
  await assert.rejects(need({ FAKE_COMPLAINT: 'found Python 3.9.2' }), error => {
    assert.ok(error instanceof NotRun)
    assert.equal(error.message, `zizmor: ${advice}; found Python 3.9.2. Without it: ${pin.without}`)
    return true
  })
})
