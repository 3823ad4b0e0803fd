import assert from 'node:assert/strict'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { parse } from 'yaml'

const root = join(import.meta.dirname, '../..')
const text = readFileSync(join(root, 'docker-compose.yml'), 'utf8')

type Service = {
  image: string
  build?: { args: Record<string, null> }
  user: string
  read_only?: boolean
  cap_drop?: string[]
  security_opt?: string[]
  pids_limit?: number
  cpus?: number
  mem_limit: string
  profiles?: string[]
  ports?: string[]
  volumes?: string[]
  healthcheck?: object
  stop_grace_period?: string
}

const { services } = parse(text, { merge: true }) as { services: Record<string, Service> } // the file beside package.json
const all = Object.entries(services)
/** From one service's name to the next. */
const textOf = (name: string) => new RegExp(`^  ${name}:$(.*?)(?=^  \\S|^\\S)`, 'ms').exec(text)?.[1] ?? ''
const megabytes = (limit: string) => Number(/^(\d+)m$/.exec(limit)?.[1])

for (const [name, service] of all) {
  test(`${name}: no root, read-only, without capabilities, with limits`, () => {
    assert.deepEqual([service.read_only, service.cap_drop], [true, ['ALL']])
    assert.deepEqual(service.security_opt, ['no-new-privileges:true'])
    assert.ok((service.pids_limit ?? 0) > 0 && (service.cpus ?? 0) > 0 && megabytes(service.mem_limit) > 0)
    assert.doesNotMatch(service.user, /^(0|root)(:|$)/)
  })

  test(`${name}: its image is made here, or is one that cannot change`, () => {
    const ours = /^\$\{[A-Z]+_IMAGE:-[a-z0-9-]+:local\}$/
    const theirs = /^\$\{[A-Z]+_IMAGE:-[a-z./-]+:v?\d[\w.]*(-[\w.]+)?@sha256:[0-9a-f]{64}\}$/
    assert.match(service.image, service.build ? ours : theirs)
  })

  test(`${name}: its ports are on loopback, and can be moved`, () => {
    for (const port of service.ports ?? []) assert.match(port, /^127\.0\.0\.1:\$\{[A-Z]+_PORT:-\d+\}:\d+$/)
  })

  test(`${name}: it has a health check, or says why not`, () => {
    assert.ok(service.healthcheck !== undefined || textOf(name).includes('# No health check:'))
  })

  test(`${name}: what it mounts from the checkout is there`, () => {
    for (const volume of (service.volumes ?? []).filter(each => /^(\.|\$)/.test(each))) {
      const [, path = volume.split(':')[0] ?? '', below = ''] = /^\$\{[A-Z]+_DIR:-(.*?)\}([^:]*):/.exec(volume) ?? []
      assert.ok(existsSync(join(root, path, below)), volume)
      assert.match(volume, /:ro$/)
    }
  })
}

test('no two services want the same port', () => {
  const ports = all.flatMap(([, { ports = [] }]) => ports).map(port => /:-(\d+)\}/.exec(port)?.[1])
  assert.equal(new Set(ports).size, ports.length)
})

test('the limits add up to the stated memory budget at most, and that is 700 MiB at most without profiles', () => {
  const sum = (chosen: typeof all) => chosen.reduce((total, [, { mem_limit }]) => total + megabytes(mem_limit), 0)
  const [, base, observe] = /Profile default (\d+) MiB [\s\S]*?profile observe (\d+) MiB on top/.exec(text) ?? []
  // migrate has ended before the service starts.
  assert.ok(sum(all.filter(([name, { profiles }]) => name !== 'migrate' && profiles === undefined)) <= Number(base))
  assert.ok(sum(all.filter(([, { profiles }]) => profiles !== undefined)) <= Number(observe))
  assert.ok(Number(base) <= 700)
})

test('a container has longer to stop than its program takes at most', () => {
  const example = readFileSync(join(root, '.env.example'), 'utf8')
  const timeoutMs = Number(/^#SHUTDOWN_TIMEOUT_MS=(\d+)$/m.exec(example)?.[1])
  for (const [name, { stop_grace_period: grace = '10s' }] of all.filter(([, { build, ports }]) => build && ports))
    assert.ok(Number(grace.replace(/s$/, '')) * 1000 > timeoutMs, name)
})

test('every alert that Alertmanager names is one of ours', () => {
  const config = readFileSync(join(root, 'prometheus/alertmanager.yml'), 'utf8')
  const named = [...config.matchAll(/alertname(?:=~|!~|!=|=)"([^"]+)"/g)].flatMap(([, value = '']) =>
    alternatives(value),
  )
  const rules = ['service', 'watchdog'].map(name => readFileSync(join(root, `monitoring/rules/${name}.yaml`), 'utf8'))
  const known = [...rules.join('\n').matchAll(/^\s*- alert: (\S+)$/gm)].map(([, name]) => name)
  assert.ok(named.length > 0)
  assert.deepEqual(
    [...new Set(named)].filter(name => !known.includes(name)),
    [],
  )
})

/** `A(B|C)` and `A|B`, which is all that the file uses. */
function alternatives(pattern: string): string[] {
  const [, stem = '', inner] = /^(\w+)\(([\w|]+)\)$/.exec(pattern) ?? []
  return (inner ?? pattern).split('|').map(end => `${stem}${end}`)
}
