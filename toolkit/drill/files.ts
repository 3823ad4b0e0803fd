import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isMap, parseDocument } from 'yaml'
import { temporaryFolder } from '../local/temporary-folder.ts'
import { scaleRules } from '../slo/scale.ts'
import { scaleConfig } from './scale-config.ts'

/** Copies of what the containers read. A drill changes these and never the checkout. */
export type DrillFiles = AsyncDisposable & {
  flags: string
  deliveryConfig: string
  rules: string
  /** What `docker compose` needs so that the containers read the copies, and listen to the flags of faults. */
  env: Record<string, string>
}

/** Where the drills send a message that has to fail; the test endpoint when all is well. */
export const healthyUrl = 'http://alert-log:8080/drill'

/** The kind of object that the drills' own messages are about: they go to the destination of the drills, and nowhere else. */
export const drillKind = 'Drill'

const privateRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16']

/** Everything that waits does so for a fraction of its time: windows, `for`, scrapes, evaluations, groups, repeats. */
export async function prepareDrillFiles(root: string, factor: number): Promise<DrillFiles> {
  await using cleanup = new AsyncDisposableStack()
  const { path } = cleanup.use(await temporaryFolder('drill-'))
  const [flags, rules, prometheus] = ['flags', 'rules', 'prometheus'].map(name => join(path, name)) as [
    string,
    string,
    string,
  ] // one for each name
  await cp(join(root, 'flags'), flags, { recursive: true })
  await cp(join(root, 'prometheus'), prometheus, { recursive: true })
  await mkdir(rules, { mode: 0o755 })
  for (const file of await readdir(join(root, 'monitoring/rules'))) {
    const text = await readFile(join(root, 'monitoring/rules', file), 'utf8')
    await writeFile(join(rules, file), scaleAges(scaleRules(text, factor), factor))
  }
  for (const file of ['prometheus.yml', 'alertmanager.yml']) {
    await edit(join(prometheus, file), text => scaleConfig(text, factor))
  }
  const deliveryConfig = join(prometheus, 'delivery.yaml')
  await edit(deliveryConfig, addDestination)
  const owned = cleanup.move()
  return {
    flags: join(flags, 'flags.json'),
    deliveryConfig,
    rules,
    env: { FLAGS_DIR: flags, RULES_DIR: rules, PROMETHEUS_DIR: prometheus, FAULTS_ENABLED: 'true' },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  }
}

async function edit(file: string, change: (text: string) => string): Promise<void> {
  await writeFile(file, change(await readFile(file, 'utf8')))
}

/** An age that is compared with a number of seconds is a wait as well, which the grammar does not tell. */
export function scaleAges(rules: string, factor: number): string {
  return rules.replace(
    /(fairlead_oldest_pending_seconds\)? > )(\d+)/g,
    (_, start, seconds) => `${start}${seconds / factor}`,
  )
}

/** The console gets what it always gets; the destination `drill` only what a drill sends, and it is tried every second. */
export function addDestination(config: string): string {
  const document = parseDocument(config)
  if (document.errors[0]) throw document.errors[0]
  if (!isMap(document.contents)) throw new Error('prometheus/delivery.yaml: expected a map')
  const retry = { minDelay: '1s', maxDelay: '1s', maxAttempts: 1000, jitter: 0 }
  document.set('destinations', {
    console: { type: 'console' },
    drill: { type: 'webhook', url: healthyUrl, allowAddresses: privateRanges, retry },
  })
  document.set('rules', [
    { name: 'drills', match: { kind: drillKind }, destinations: ['drill'] },
    { name: 'alerts', exclude: [{ kind: drillKind }], destinations: ['console'] },
  ])
  return document.toString()
}
