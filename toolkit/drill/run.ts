import { until } from '../e2e/until.ts'
import { type Arrival, endOf, followArrivals } from './arrivals.ts'
import { type Drill, drills } from './catalog.ts'
import { calm, type Scene } from './condition.ts'
import { takeOut } from './rules.ts'
import { createTraffic, type Stack } from './stack.ts'
import { inAlertmanager, inPrometheus } from './watch.ts'

/** The stages take seconds, and a look costs a millisecond. */
const LOOK_EVERY_MS = 100

export type DrillResult = { name: string; passed: boolean }

/** Seconds since the condition was made; of the last one since it was cleared. */
type Times = { firing: number; alertmanager: number; arrived: number; resolved: number }

/** Runs the drills of these names one after the other on a stack whose files are scaled, and prints a line for each. */
export async function runDrills(stack: Stack, names: readonly string[]): Promise<DrillResult[]> {
  const chosen = drills.filter(drill => names.includes(drill.name))
  const traffic = createTraffic(stack.urls.service)
  const results: DrillResult[] = []
  try {
    for (const drill of chosen) {
      await traffic.set(calm.path, calm.perSecond)
      results.push({ name: drill.name, passed: await report(drill, { stack, traffic }) })
    }
  } finally {
    await traffic.stop()
  }
  return results
}

async function report(drill: Drill, scene: Scene): Promise<boolean> {
  const { print, signal } = scene.stack
  const name = drill.name.padEnd(30)
  try {
    const { firing, alertmanager, arrived, resolved } = await runDrill(drill, scene)
    const end = endOf(drill.alert)
    const times = `firing ${firing} s, at Alertmanager ${alertmanager} s, ${end} ${arrived} s; ${drill.condition ? 'resolved' : 'again'} ${resolved} s`
    print(`passed  ${name} ${times}  (when ${drill.when})`)
    return true
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof Error)) throw error
    print(`FAILED  ${name} ${messageOf(error)}  (when ${drill.when})`)
    return false
  }
}

/** A drill that failed, and then could not be tidied up, has two messages. */
const messageOf = (error: Error): string =>
  error instanceof SuppressedError && error.suppressed instanceof Error
    ? `${messageOf(error.suppressed)}; and then: ${error.error}`
    : error.message

async function runDrill(drill: Drill, scene: Scene): Promise<Times> {
  const { stack } = scene
  const { alert, condition, without = [], patienceMinutes = 3 } = drill
  const end = endOf(alert)
  const over = new AbortController()
  const signal = AbortSignal.any([stack.signal, over.signal])
  const wait = (what: string, look: () => Promise<number>) =>
    until(what, look, () => true, { signal, deadlineMs: patienceMinutes * 60_000, everyMs: LOOK_EVERY_MS })

  if (condition) await wait('quiet before the drill', () => quiet(stack, alert))
  await using undo = new AsyncDisposableStack() // in the order in which it is done again, the last first
  undo.defer(() => over.abort())
  undo.defer(await takeOut(stack, without))
  const { arrivals, stop } = await followArrivals(stack, alert)
  undo.defer(stop)

  const since = performance.now()
  const made = condition?.make(scene)
  const clear = once(async () => {
    await Promise.allSettled([made]) // what is half made is cleared as well, but not at the same time
    await condition?.clear(scene)
  })
  undo.defer(clear)
  const [firing, alertmanager, first] = await Promise.all([
    wait('firing in Prometheus', () => firingAt(stack, alert)),
    wait('active in Alertmanager', () => activeAt(stack, alert)),
    wait(`a message at ${end}`, () => arrived(stack, alert, arrivals, 'firing', 0)),
    made,
  ])
  await clear()
  const cleared = condition ? performance.now() : first
  const last = condition
    ? await wait(`the resolution at ${end}`, () => arrived(stack, alert, arrivals, 'resolved', first))
    : await wait(`the next message at ${end}`, () => arrived(stack, alert, arrivals, 'firing', first))
  return {
    firing: seconds(since, firing),
    alertmanager: seconds(since, alertmanager),
    arrived: seconds(since, first),
    resolved: seconds(cleared, last),
  }
}

const seconds = (from: number, to: number) => Number((Math.max(0, to - from) / 1000).toFixed(1))

/** What is done at the end of a drill is not done again when the drill is tidied up. */
function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined
  return () => {
    done ??= work()
    return done
  }
}

// Each look tells when it found what it looks for, and throws what it saw instead.

/** Nothing of it is left, and nothing critical either, which would silence it. */
async function quiet(stack: Stack, alert: string): Promise<number> {
  const [states, active] = await Promise.all([inPrometheus(stack, alert), inAlertmanager(stack)])
  const left = active.filter(({ name, severity }) => name === alert || severity === 'critical').map(({ name }) => name)
  if (states.length === 0 && left.length === 0) return performance.now()
  throw new Error(`Prometheus says ${states[0] ?? 'nothing'}, Alertmanager has ${left.join(', ') || 'nothing'}`)
}

async function firingAt(stack: Stack, alert: string): Promise<number> {
  const states = await inPrometheus(stack, alert)
  if (states.includes('firing')) return performance.now()
  throw new Error(`it is ${states[0] ?? 'inactive'} there`)
}

async function activeAt(stack: Stack, alert: string): Promise<number> {
  const active = await inAlertmanager(stack)
  if (active.some(({ name }) => name === alert)) return performance.now()
  throw new Error('it is not there')
}

/** After `from`, so that what came before is not taken for it. */
async function arrived(
  stack: Stack,
  alert: string,
  arrivals: Arrival[],
  state: Arrival['state'],
  from: number,
): Promise<number> {
  const found = arrivals.find(each => each.state === state && each.at > from)
  if (found) return found.at
  const active = await inAlertmanager(stack)
  const silencers = active.filter(({ name }) => name === alert).flatMap(({ inhibitedBy }) => inhibitedBy)
  throw new Error(
    silencers.length > 0 ? `Alertmanager keeps it quiet because of ${silencers.join(', ')}` : 'nothing came',
  )
}
