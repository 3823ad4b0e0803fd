import type { Proof } from '../proof.ts'
import type { Stack } from '../stack.ts'

type Inspected = {
  Name: string
  Config: { User: string; Image: string }
  State: { Running: boolean }
  HostConfig: {
    ReadonlyRootfs: boolean
    Privileged: boolean
    CapAdd: string[] | null
    CapDrop: string[] | null
    SecurityOpt: string[] | null
    Memory: number
    NanoCpus: number
    PidsLimit: number | null
  }
  NetworkSettings: { Ports: Record<string, { HostIp: string }[] | null> }
}

/** What the engine was told of each container, and what the processes in those with Node are really allowed. */
export const hardening: Proof = {
  name: 'hardening',
  async run(stack) {
    const names = await stack.containers()
    const { stdout } = await stack.docker('inspect', ...names)
    const containers = JSON.parse(stdout) as Inspected[] // what docker inspect documents
    const faults = containers.flatMap(container => faultsOf(container).map(fault => `${container.Name}: ${fault}`))
    for (const { Name, Config } of containers.filter(each => each.State.Running)) {
      if (Object.values(stack.images).includes(Config.Image)) faults.push(...(await insideOf(stack, Name)))
      faults.push(...(await rootIn(stack, Name)))
    }
    if (faults.length > 0) throw new Error(faults.join('; '))
    return `${containers.length} containers: no root, read-only, no capabilities, no new privileges, limits, loopback ports`
  },
}

export function faultsOf({ Config, HostConfig, NetworkSettings }: Inspected): string[] {
  const isRoot = /^(|0|root)(:|$)/.test(Config.User)
  const hosts = Object.values(NetworkSettings.Ports).flatMap(bindings => (bindings ?? []).map(each => each.HostIp))
  const faults: [boolean, string][] = [
    [isRoot, `its user is "${Config.User}"`],
    [!HostConfig.ReadonlyRootfs, 'its root file system can be written'],
    [HostConfig.Privileged, 'it is privileged'],
    [!(HostConfig.CapDrop ?? []).includes('ALL'), 'it keeps capabilities'],
    [(HostConfig.CapAdd ?? []).length > 0, `it has ${HostConfig.CapAdd}`],
    [!(HostConfig.SecurityOpt ?? []).some(each => /^no-new-privileges(:true)?$/.test(each)), 'it may gain privileges'],
    [HostConfig.Memory === 0, 'it has no memory limit'],
    [HostConfig.NanoCpus === 0, 'it has no CPU limit'],
    [(HostConfig.PidsLimit ?? 0) <= 0, 'it has no limit on processes'],
    [hosts.some(host => host !== '127.0.0.1'), `it listens on ${hosts}`],
  ]
  return faults.filter(([isFault]) => isFault).map(([, fault]) => fault)
}

/** What runs inside each container of our images: tries to write, and prints what the kernel says of process 1 (proc(5)). */
const look = `
const { readFileSync, writeFileSync } = require('node:fs')
let written = 'written'
try { writeFileSync('/app/written', '') } catch (error) { written = error.code }
const status = readFileSync('/proc/1/status', 'utf8')
const field = name => status.match(new RegExp('^' + name + ':\\\\s*(\\\\S+)', 'm'))?.[1]
console.log(JSON.stringify([written, field('CapEff'), field('CapBnd'), field('NoNewPrivs'), field('Uid')]))`

async function insideOf({ docker }: Stack, name: string): Promise<string[]> {
  const { stdout } = await docker('exec', name, '/nodejs/bin/node', '-e', look)
  const none = '0000000000000000'
  const expected = JSON.stringify(['EROFS', none, none, '1', '65532'])
  return stdout.trim() === expected ? [] : [`${name}: process 1 shows ${stdout.trim()}, expected ${expected}`]
}

async function rootIn({ docker }: Stack, name: string): Promise<string[]> {
  const { stdout } = await docker('top', name, '-eo', 'uid,pid,comm')
  const rows = stdout.trim().split('\n').slice(1)
  return rows.filter(row => /^\s*0\s/.test(row)).map(row => `${name}: runs as root: ${row.trim()}`)
}
