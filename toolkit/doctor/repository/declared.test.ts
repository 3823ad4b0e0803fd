import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'
import { declared } from '../../testing/examined-repository.ts'

const root = join(import.meta.dirname, '../../..')
const workflows = globSync('.github/workflows/*.yml', { cwd: root })
const texts = [...workflows, ...globSync('.github/actions/*/action.yml', { cwd: root })].map(file =>
  readFileSync(join(root, file), 'utf8'),
)

test('the environments that are declared are those that workflows use', () => {
  type Job = { environment?: string }
  const jobs = workflows.flatMap(file => {
    const { jobs } = parse(readFileSync(join(root, file), 'utf8')) as { jobs: Record<string, Job> } // held by actionlint
    return Object.values(jobs)
  })
  // Where an expression chooses, its outcomes follow && and ||.
  const used = jobs.flatMap(({ environment = '' }) =>
    environment.includes('${{')
      ? [...environment.matchAll(/(?:&&|\|\|) '([^']+)'/g)].map(match => match[1])
      : [environment],
  )
  const names = new Set(used.filter(name => name !== ''))
  assert.ok(names.size >= 3)
  assert.deepEqual(
    [...names].filter(name => !Object.hasOwn(declared.environments, name ?? '')),
    [],
  )
})

test('every action that workflows use is allowed, and no other', () => {
  const { patterns_allowed: patterns, github_owned_allowed: own } = declared.actions
  const used = texts.flatMap(text =>
    [...text.matchAll(/uses: (?!\.)([\w.-]+\/[\w./-]+)@/g)].map(match => match[1] ?? ''),
  )
  assert.ok(used.length > 0 && own)
  const foreign = [...new Set(used.filter(name => !/^(actions|github)\//.test(name)))].sort()
  assert.deepEqual(
    foreign.map(name => `${name}@*`),
    patterns.toSorted(),
  )
})
