import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../local/temporary-folder.ts'
import type { Source } from '../record/record.ts'
import { writeLayout } from '../registry/layout.ts'
import { createRegistry } from '../registry/registry.ts'
import { createContext } from '../testing/context.ts'
import { commit, trunk } from '../testing/pipeline-checkout.ts'
import { startRegistry } from '../testing/registry.ts'
import { need } from '../tools/need.ts'
import { packageChart } from './package.ts'

const context = createContext()

async function pack(to: string, source: Source = trunk) {
  const { path: helm } = await need('helm', context)
  const content = await packageChart({ helm, folder: 'helm/service', source }, context)
  return { helm, content, ...(await writeLayout(to, content)) }
}

test('a chart is the same bytes whenever it is packaged, and others for another commit', async () => {
  await using folder = await temporaryFolder('package-')
  const first = await pack(join(folder.path, 'one'))
  assert.equal((await pack(join(folder.path, 'two'))).digest, first.digest)
  const other = await pack(join(folder.path, 'three'), { ...trunk, commit: 'f'.repeat(40) })
  assert.notEqual(other.digest, first.digest)
})

test('helm takes from the registry what we push, with the version and image of its commit', async () => {
  await using folder = await temporaryFolder('package-')
  await using server = await startRegistry(context)
  const registry = await createRegistry(context)
  const name = `${server.host}/shop/charts/service`
  const { helm } = await pack(join(folder.path, 'chart.oci'))
  const digest = await registry.push(join(folder.path, 'chart.oci'), name)
  const version = `0.0.0-sha-${commit.slice(0, 12)}`
  await registry.tag(`${name}@${digest}`, version)
  const env = {
    ...process.env,
    HELM_CACHE_HOME: folder.path,
    HELM_CONFIG_HOME: folder.path,
    HELM_DATA_HOME: folder.path,
  }
  const args = ['show', 'chart', `oci://${name}`, '--version', version, '--plain-http']
  const shown = execFileSync(helm, args, { env, encoding: 'utf8' })
  assert.match(shown, new RegExp(`^version: ${version}$`, 'm'))
  assert.match(shown, new RegExp(`^appVersion: sha-${commit}$`, 'm'))
  const rendered = execFileSync(
    helm,
    ['template', 'a', `oci://${name}@${digest}`, '--plain-http', '--kube-version', '1.36.0'],
    {
      env,
      encoding: 'utf8',
    },
  )
  assert.match(rendered, /^kind: Deployment$/m)
  const { annotations } = await registry.manifest(`${name}@${digest}`)
  assert.equal(annotations?.['org.opencontainers.image.revision'], commit)
})
