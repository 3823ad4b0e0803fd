import type { Proof } from '../proof.ts'

const MIB = 2 ** 20
/** What the default profile may take. */
const MOST = 700

type Inspected = { Name: string; Config: { Labels: Record<string, string> }; HostConfig: { Memory: number } }

/** Use and limits of what runs, by profile: the sum of the limits is the budget, since no container can pass its own. */
export const memory: Proof = {
  name: 'memory',
  async run({ docker, containers }) {
    const { stdout } = await docker(
      'stats',
      '--no-stream',
      '--format',
      '{{.Name}} {{.MemUsage}}',
      ...(await containers()),
    )
    const used = new Map(stdout.trim().split('\n').map(parseUsage))
    const running = [...used.keys()].filter(name => (used.get(name) ?? 0) > 0) // one that has ended uses nothing
    const inspected = JSON.parse((await docker('inspect', ...running)).stdout) as Inspected[] // as documented
    const rows = inspected.map(({ Name, Config, HostConfig }) => ({
      service: Config.Labels['com.docker.compose.service'] ?? Name,
      usedMib: (used.get(Name.slice(1)) ?? 0) / MIB,
      limitMib: HostConfig.Memory / MIB,
    }))
    const observe = ['collector', 'jaeger', 'grafana']
    const base = sum(rows.filter(({ service }) => !observe.includes(service)))
    const more = sum(rows.filter(({ service }) => observe.includes(service)))
    if (base.limitMib > MOST)
      throw new Error(`the limits of the default profile add up to ${base.limitMib} MiB, more than ${MOST}`)
    const close = rows.filter(({ usedMib, limitMib }) => usedMib > 0.9 * limitMib)
    const show = ({ usedMib, limitMib }: typeof base) => `${Math.round(usedMib)} of ${Math.round(limitMib)} MiB`
    if (close.length > 0)
      throw new Error(`hardly any room: ${close.map(row => `${row.service} ${show(row)}`).join(', ')}`)
    const each = rows.map(row => `${row.service} ${Math.round(row.usedMib)}/${row.limitMib}`).sort()
    return `default ${show(base)}, observe ${show(more)} (${each.join(', ')})`
  },
}

const sum = (rows: { usedMib: number; limitMib: number }[]) => ({
  usedMib: rows.reduce((total, row) => total + row.usedMib, 0),
  limitMib: rows.reduce((total, row) => total + row.limitMib, 0),
})

const units = new Map([
  ['B', 1],
  ['KiB', 2 ** 10],
  ['MiB', MIB],
  ['GiB', 2 ** 30],
])

/** `name 12.3MiB / 128MiB`, where docker stats leaves out what the kernel could take back at once. */
export function parseUsage(line: string): [name: string, bytes: number] {
  const [, name, amount, unit = ''] = /^(\S+) ([\d.]+)([KMG]?i?B) \/ /.exec(line) ?? []
  const factor = units.get(unit)
  if (name === undefined || factor === undefined)
    throw new Error(`docker stats: expected "<name> 12.3MiB / 128MiB", got "${line}"`)
  return [name, Number(amount) * factor]
}
