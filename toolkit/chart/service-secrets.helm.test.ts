import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refusal, release, renderChart, type Values } from '../testing/render-chart.ts'

const render = (values?: Values) => renderChart('helm/service', values)
const refused = (values: Values) => refusal('helm/service', values)
const deployment = `Deployment/${release}`
const job = `Job/${release}-migrate`
const pod = 'spec.template.spec'
const env = { ENVIRONMENT: 'preview', ADMIN_FLAGS_ENABLED: true }
const plain = { DATABASE_URL: 'postgres://u:s3cr3t-p@h/d', ADMIN_FLAGS_TOKEN: 's3cr3t-token-of-16' }
const external = {
  storeRef: { kind: 'SecretStore', name: 'vault' },
  data: { DATABASE_URL: { key: 'a', property: 'b' }, ADMIN_FLAGS_TOKEN: { key: 'c' } },
}

/** The Secret of a pod, and which of its keys become files. */
const mounted = (values: Values, object = deployment) => {
  const [volume] = render(values).at(object, `${pod}.volumes`) as {
    secret: { secretName: string; items: { key: string }[] }
  }[]
  return [volume?.secret.secretName, ...(volume?.secret.items ?? []).map(({ key }) => key)]
}

test('an existing Secret is mounted under its name, or that of the release', () => {
  const secrets = { source: 'existing', existing: { name: 'theirs' } }
  assert.deepEqual(mounted({ env, secrets }), ['theirs', 'DATABASE_URL', 'ADMIN_FLAGS_TOKEN'])
  assert.deepEqual(mounted({ env, secrets }, job), ['theirs', 'DATABASE_URL'])
  assert.deepEqual(mounted({}), [release, 'DATABASE_URL'])
  assert.ok(!render({ secrets }).names.some(name => /Secret\//.test(name)))
})

test('plain secrets make a Secret for the pods, and one that is there before the migrations', () => {
  const values = { env, secrets: { source: 'plain', plain } }
  const all = render(values)
  assert.deepEqual(all.at(`Secret/${release}`, 'stringData'), plain)
  assert.deepEqual(all.at(`Secret/${release}-migrate`, 'stringData'), { DATABASE_URL: plain.DATABASE_URL })
  assert.deepEqual(mounted(values, job), [`${release}-migrate`, 'DATABASE_URL'])
})

test('a store fills a Secret for the pods, and one for the migrations', () => {
  const values = { env, secrets: { source: 'external', external } }
  const all = render(values)
  assert.deepEqual(all.at(`ExternalSecret/${release}`, 'spec'), {
    refreshInterval: '1h',
    secretStoreRef: external.storeRef,
    target: { name: release, creationPolicy: 'Owner' },
    data: [
      { secretKey: 'DATABASE_URL', remoteRef: external.data.DATABASE_URL },
      { secretKey: 'ADMIN_FLAGS_TOKEN', remoteRef: external.data.ADMIN_FLAGS_TOKEN },
    ],
  })
  assert.equal(all.at(`ExternalSecret/${release}-migrate`, 'spec.target.name'), `${release}-migrate`)
  assert.deepEqual(mounted(values, job), [`${release}-migrate`, 'DATABASE_URL'])
})

test('no secret is a variable: pods get the paths of files', () => {
  const all = render({ env, secrets: { source: 'plain', plain } })
  assert.deepEqual(all.at(deployment, `${pod}.containers.0.env`), [
    { name: 'PORT', value: '8080' },
    { name: 'DATABASE_URL_FILE', value: '/etc/service/secrets/DATABASE_URL' },
    { name: 'ADMIN_FLAGS_TOKEN_FILE', value: '/etc/service/secrets/ADMIN_FLAGS_TOKEN' },
  ])
  for (const object of [deployment, job, `ConfigMap/${release}`])
    assert.doesNotMatch(JSON.stringify(all.at(object)), /s3cr3t-/)
})

test('a secret that is used has to come from somewhere, and no refusal shows one', () => {
  for (const [secrets, key] of [
    [{ source: 'none' }, /\/secrets\/source/],
    [{ source: 'plain' }, /\/secrets\/plain\/DATABASE_URL/],
    [
      { source: 'plain', plain: { ...plain, ADMIN_FLAGS_TOKEN: 's3cr3t-short' } },
      /\/secrets\/plain\/ADMIN_FLAGS_TOKEN/,
    ],
    [{ source: 'external' }, /\/secrets\/external\/storeRef\/name/],
    [
      { source: 'external', external: { ...external, data: { DATABASE_URL: { key: 'a' } } } },
      /secrets\.external\.data: expected an entry ADMIN_FLAGS_TOKEN/,
    ],
  ] as const) {
    const said = refused({ env, secrets })
    assert.match(said, key)
    assert.doesNotMatch(said, /s3cr3t-/)
  }
})

test('without a database there are no secrets, migrations or mounts', () => {
  const all = render({ database: { enabled: false }, secrets: { source: 'none' } })
  assert.ok(!all.names.some(name => name.includes('migrate')), all.names.join())
  assert.equal(all.at(deployment, `${pod}.volumes`), undefined)
  assert.deepEqual(all.at(deployment, `${pod}.containers.0.env`), [{ name: 'PORT', value: '8080' }])
})

test('the certificates of a database server are mounted where the variable says', () => {
  for (const object of [deployment, job]) {
    const all = render({ database: { ca: { configMap: 'ca', key: 'pg.pem' } } })
    assert.deepEqual(all.at(object, `${pod}.volumes.1`), {
      name: 'ca',
      configMap: { name: 'ca', items: [{ key: 'pg.pem', path: 'ca.crt' }] },
    })
    assert.match(
      JSON.stringify(all.at(object, `${pod}.containers.0.env`)),
      /"DATABASE_CA_FILE","value":"\/etc\/service\/ca\/ca\.crt"/,
    )
  }
})

test('what the migrations need is there before their Job, and all of it goes once they have succeeded', () => {
  const weights = (values: Values) => {
    const all = render(values)
    const hooks = all.names.filter(name => name.endsWith('-migrate'))
    for (const name of hooks) {
      assert.equal(all.at(name, 'metadata.annotations.[helm.sh/hook]'), 'pre-install,pre-upgrade')
      const policy = all.at(name, 'metadata.annotations.[helm.sh/hook-delete-policy]')
      assert.equal(policy, 'before-hook-creation,hook-succeeded')
    }
    return Object.fromEntries(
      hooks.map(name => [name.split('/')[0], Number(all.at(name, 'metadata.annotations.[helm.sh/hook-weight]'))]),
    )
  }
  const needs = { ServiceAccount: -20, NetworkPolicy: -20, Job: -10 }
  assert.deepEqual(weights({}), needs)
  assert.deepEqual(weights({ secrets: { source: 'plain', plain } }), { ...needs, Secret: -20 })
  assert.deepEqual(weights({ secrets: { source: 'external', external } }), { ...needs, ExternalSecret: -20 })
  assert.deepEqual(weights({ migrations: { enabled: false } }), {})
})

test('the Job ends by itself, tries again what a second attempt may heal, and runs migrate up', () => {
  const all = render({ migrations: { backoffLimit: 1, deadlineSeconds: 90, MIGRATE_WAIT_MS: 80_000 } })
  assert.equal(all.at(job, 'spec.backoffLimit'), 1)
  assert.equal(all.at(job, 'spec.activeDeadlineSeconds'), 90)
  assert.equal(all.at(job, `${pod}.restartPolicy`), 'Never')
  assert.equal(all.at(job, `${pod}.serviceAccountName`), `${release}-migrate`)
  assert.deepEqual(all.at(job, `${pod}.containers.0.args`), ['/app/service/migrate.js', 'up'])
  assert.deepEqual(all.at(job, 'spec.podFailurePolicy.rules.1'), {
    action: 'FailJob',
    onExitCodes: { containerName: 'migrate', operator: 'In', values: [2] },
  })
  const values = { migrations: { deadlineSeconds: 60 } }
  assert.match(
    refused(values),
    /migrations\.deadlineSeconds: expected more than migrations\.MIGRATE_WAIT_MS \(60000 ms\)/,
  )
})
