import { nearest } from '../lib/nearest.ts'
import type { After } from './e2e/run-stack.ts'
import { parseOptions } from './options.ts'
import { type Context, type Step, UsageError } from './step.ts'

type Scene = (options: { keep: boolean }, context: Context) => Promise<number>

/** Scenes on a Kubernetes. */
const onClusters = new Map<string, Scene>([
  ['cluster', async (...args) => (await import('./e2e/run-cluster.ts')).runCluster(...args)],
  ['chart', async (...args) => (await import('./e2e/run-chart.ts')).runChart(...args)],
  ['delivery', async (...args) => (await import('./e2e/run-delivery.ts')).runDelivery(...args)],
])

const scenes = ['stack', ...onClusters.keys(), 'pipeline']

export const e2e: Step = {
  name: 'e2e',
  summary: 'Prove the whole on a real engine, from nothing, and take it down again.',
  help: [
    'Usage: ./fairlead e2e stack [--keep]',
    '                           [--drills <alert,...>]',
    '       ./fairlead e2e cluster [--keep]',
    '       ./fairlead e2e chart [--keep]',
    '       ./fairlead e2e delivery [--keep]',
    '       ./fairlead e2e pipeline',
    '',
    '  stack               docker-compose.yml with every profile: images built, everything started, and each thing',
    '                      shown that the README promises of it',
    '  cluster             what ./fairlead cluster starts: pods, jobs, DNS, admission; and that nothing of it stays',
    '  chart               helm/service on such a cluster: installed, upgraded under load, rolled back, drained, removed',
    '  delivery            helm/delivery on such a cluster, with SQLite and with Postgres: what is killed loses no message',
    '  pipeline            the workflows of .github, step by step: a pull request, a commit on main, a release, and what stops them',
    '  --keep              leaves it running, and says how to end it',
    '  --drills <alerts>   then makes these alerts fire and resolve, as ./fairlead drill does',
    '',
    'Where KUBECONFIG is set, chart and what follows it use that cluster; see ./fairlead cluster --help.',
    '',
    'It has ports, names and copies of its own, so it runs beside a stack of yours. Each proof ends as one of: passed;',
    'FAILED; not run, when something it needs cannot be had here: that fails, too, unless .ci/cannot-run lists',
    'e2e-<proof> with a reason.',
  ].join('\n'),
  async run(args, context) {
    const options = {
      keep: { type: 'boolean', default: false },
      drills: { type: 'string' },
    } as const
    const { values, positionals } = parseOptions(args, options, { allowPositionals: true })
    const play = positionals.length === 1 ? onClusters.get(positionals[0] ?? '') : undefined
    if (play && values.drills !== undefined) throw new UsageError('--drills goes with stack')
    if (play) return play({ keep: values.keep }, context)
    if (positionals.length === 1 && positionals[0] === 'pipeline') {
      if (values.drills !== undefined || values.keep) throw new UsageError('pipeline takes no options')
      return (await import('./e2e/run-pipeline.ts')).runPipeline(context)
    }
    if (positionals.length !== 1 || positionals[0] !== 'stack') throw new UsageError(wrongScene(positionals))
    const after: After[] = []
    if (values.drills) after.push((await import('./e2e/drills.ts')).prepareDrills(values.drills.split(',')))
    return (await import('./e2e/run-stack.ts')).runStack({ keep: values.keep, after }, context)
  },
}

function wrongScene(given: string[]): string {
  if (given.length !== 1)
    return `expected ${scenes.join(' or ')}, got ${given.length === 0 ? 'nothing' : given.join(' ')}`
  const right = nearest(given[0] ?? '', scenes)
  return `e2e knows no "${given[0]}"${right ? `; did you mean ${right}?` : `; it knows ${scenes.join(', ')}`}`
}
