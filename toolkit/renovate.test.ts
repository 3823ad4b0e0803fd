import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join, matchesGlob } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { pins, readGoMod } from './tools/pins.ts'
import { listFiles } from './tree/list-files.ts'

// renovate.json, held to the pins of this repository. Which files a manager reads and what it takes from them are facts about
// Renovate 44 (docs.renovatebot.com/modules/manager), seen with `renovate --platform=local --dry-run=extract`.

const root = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

type Rule = {
  description?: string
  matchManagers?: string[]
  matchFileNames?: string[]
  matchPackageNames?: string[]
  groupName?: string
  enabled?: boolean
  allowedVersions?: string
  postUpdateOptions?: string[]
}
type Manager = { managerFilePatterns?: string[]; enabled?: boolean }
type Config = { minimumReleaseAge: string; internalChecksFilter: string; packageRules: Rule[] } & Record<
  string,
  unknown
>
const config = JSON.parse(read('renovate.json')) as Config // what is read of it is asserted below

/** The patterns of the managers that we rely on, as Renovate has them, and what renovate.json adds. */
const patterns: Record<string, RegExp[]> = {
  npm: [/(^|\/)package\.json$/],
  nodenv: [/(^|\/)\.node-version$/],
  gomod: [/(^|\/)go\.mod$/],
  dockerfile: [/(^|\/|\.)([Dd]ocker|[Cc]ontainer)file$/],
  'docker-compose': [/(^|\/)(?:docker-)?compose[^/]*\.ya?ml$/],
  'github-actions': [/(^|\/)(workflow-templates|\.(?:github|gitea|forgejo)\/(?:workflows|actions))\/.+\.ya?ml$/],
  'helm-values': [/(^|\/)values\.ya?ml$/],
  'pip-compile': ownPatterns('pip-compile'),
}

function ownPatterns(manager: string): RegExp[] {
  const { managerFilePatterns = [] } = (config[manager] ?? {}) as Manager
  return managerFilePatterns.map(pattern => new RegExp(pattern.slice(1, -1)))
}

const managersOf = (file: string) => Object.keys(patterns).filter(name => patterns[name]?.some(each => each.test(file)))

/** The rules for a package in a file, in their order, where later ones win. */
const rulesFor = (file: string, name: string) =>
  config.packageRules.filter(
    rule =>
      matches(rule.matchFileNames, file) &&
      matches(rule.matchPackageNames, name) &&
      (rule.matchManagers ?? managersOf(file)).some(manager => managersOf(file).includes(manager)),
  )

/** As Renovate reads its lists: a `!` excludes; an absent list is about everything. */
function matches(list: readonly string[] | undefined, text: string): boolean {
  if (list === undefined) return true
  const excluded = list.filter(each => each.startsWith('!')).map(each => each.slice(1))
  return list.some(each => matchesGlob(text, each)) && !excluded.some(each => matchesGlob(text, each))
}

test('nothing runs here that is younger than a week, but the mending of a known hole', () => {
  assert.equal(config.minimumReleaseAge, '7 days')
  assert.equal(config.internalChecksFilter, 'strict')
  assert.equal((config.vulnerabilityAlerts as { minimumReleaseAge: unknown }).minimumReleaseAge, null)
})

test('each file with pins is read by one manager', async () => {
  const files = (await listFiles(root)).filter(file =>
    /(^|\/)(go\.mod|package\.json|requirements\.txt|Dockerfile|docker-compose\.yml|\.node-version)$|^\.github\/(workflows|actions)\//.test(
      file,
    ),
  )
  assert.ok(files.length > 20)
  for (const file of files) assert.equal(managersOf(file).length, 1, file)
})

test('each tool is required in a line that says its version', () => {
  for (const pin of pins) {
    const file = `third-party/${pin.folder}/go.mod`
    assert.deepEqual(managersOf(file), ['gomod'])
    assert.match(readGoMod(read(file), pin), /^v\d+\.\d+\.\d+/, file)
    assert.ok(
      rulesFor(file, pin.module).every(rule => rule.enabled !== false),
      `${pin.module} is switched off`,
    )
  }
})

test('every go.mod but the one without programs is tidied', () => {
  const files = globSync('third-party/*/go.mod', { cwd: root })
  for (const file of files) {
    const tidies = rulesFor(file, 'example.com/any').some(rule => rule.postUpdateOptions?.includes('gomodTidy'))
    assert.equal(tidies, file !== 'third-party/crds/go.mod', file)
  }
})

test('Kubernetes and what it replaces move as one, and stay in their series', () => {
  const file = 'third-party/kubernetes/go.mod'
  const text = read(file)
  const required = [...text.matchAll(/^\s*(?:require )?(k8s\.io\/kubernetes) (v\S+)/gm)]
  const replaced = [...text.matchAll(/^\s*(?:replace )?(k8s\.io\/\S+) => \1 (v\S+)$/gm)]
  assert.equal(replaced.length, 31)
  for (const [, name = '', version = ''] of [...required, ...replaced]) {
    const rule = rulesFor(file, name).findLast(each => each.groupName !== undefined)
    assert.equal(rule?.groupName, 'Kubernetes', name)
    const allowed = new RegExp(rule?.allowedVersions?.slice(1, -1) ?? '$^')
    assert.match(version, allowed)
    assert.doesNotMatch(version.replace(/\.\d+\.\d+$/, '.36.0'), allowed)
  }
  assert.ok(!rulesFor('third-party/helm/go.mod', 'k8s.io/api').some(each => each.groupName === 'Kubernetes'))
})

test('the controllers of Flux move together', () => {
  const file = 'third-party/crds/go.mod'
  const names = [...read(file).matchAll(/^\s+(github\.com\/\S+|sigs\S+) v/gm)].map(([, name = '']) => name)
  const groups = names.map(name => `${name} ${rulesFor(file, name).findLast(each => each.groupName)?.groupName}`)
  assert.equal(groups.filter(each => each.endsWith(' Flux')).length, 4)
  for (const group of groups) assert.match(group, /fluxcd\/.* Flux$|^(?!.*fluxcd).* custom resource definitions$/)
})

test('each image of the stack stands with version and digest where Renovate looks for them', () => {
  const { services } = parse(read('docker-compose.yml'), { merge: true }) as {
    services: Record<string, { image: string }>
  }
  const images = Object.values(services).map(({ image }) => image)
  const theirs = images.filter(image => !/:local\}?$/.test(image))
  assert.ok(theirs.length >= 7)
  for (const image of theirs) assert.match(image, /^\$\{[A-Z]+_IMAGE:-[\w./-]+:[\w.-]+@sha256:[0-9a-f]{64}\}$/)
  for (const image of images.filter(each => !theirs.includes(each))) {
    const name = /^\$\{[A-Z]+_IMAGE:-(.*):local\}$/.exec(image)?.[1] ?? image
    assert.ok(
      rulesFor('docker-compose.yml', name).some(rule => rule.enabled === false),
      `${name} is built here`,
    )
  }
})

test('so do the images that ours are built from', () => {
  const text = read('Dockerfile')
  for (const [, from = ''] of text.matchAll(/^FROM (?:--\S+ )?\$\{(\w+)\}/gm))
    assert.match(text, new RegExp(`^ARG ${from}=[\\w./-]+:[\\w.-]+@sha256:[0-9a-f]{64}$`, 'm'))
})

test('an image that a step starts is found in its file', async () => {
  const [manager] = config.customManagers as { managerFilePatterns: string[]; matchStrings: string[] }[]
  const [files = '', text = ''] = [manager?.managerFilePatterns[0]?.slice(1, -1), manager?.matchStrings[0]]
  const marked = (await listFiles(root)).filter(file => file.endsWith('.ts') && /^\/\/ renovate:/m.test(read(file)))
  assert.deepEqual(marked, ['toolkit/dast.ts'])
  for (const file of marked) {
    assert.match(file, new RegExp(files))
    const found = new RegExp(text).exec(read(file))?.groups
    assert.deepEqual([found?.datasource, found?.depName], ['docker', 'ghcr.io/zaproxy/zaproxy'])
  }
})

test('Renovate understands how the lists of Python packages were made', () => {
  for (const file of globSync('third-party/*/requirements.txt', { cwd: root })) {
    const command = /^# +(uv pip compile .*)$/m.exec(read(file))?.[1] ?? ''
    // It reads the command from the header, refuses a value without `=`, and most other options.
    const options = command.split(' ').slice(3)
    const known =
      /^(--universal|--generate-hashes|--python-version=\S+|--output-file=requirements\.txt|requirements\.in)$/
    assert.deepEqual(
      options.filter(each => !known.test(each)),
      [],
      file,
    )
    assert.ok(options.includes('--generate-hashes') && options.includes('requirements.in'), file)
  }
})

test('each action stands by its commit, with the version in a comment', () => {
  const files = globSync('.github/{workflows/*.yml,actions/*/action.yml}', { cwd: root })
  const used = files.flatMap(file =>
    [...read(file).matchAll(/^\s*(?:- )?uses: (?!\.\/)(.*)$/gm)].map(([, what]) => what),
  )
  assert.ok(used.length > 0)
  for (const what of used) assert.match(what ?? '', /^[\w-]+\/[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+)*$/)
})

test('no rule is about a file or a package that is not here any more', async () => {
  const files = await listFiles(root)
  for (const { matchFileNames = [], description } of config.packageRules)
    for (const glob of matchFileNames.map(each => each.replace(/^!/, '')))
      assert.ok(
        files.some(file => matchesGlob(file, glob)),
        `${glob}: ${description}`,
      )
})
