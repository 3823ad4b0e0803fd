import { globSync } from 'node:fs'
import { readFile, rm, rmdir } from 'node:fs/promises'
import { until } from '../e2e/until.ts'
import { run } from '../exec.ts'
import type { Context } from '../step.ts'
import { hostLink } from './network.ts'
import { endNode, findNode } from './node.ts'
import { fixedPlaces, places } from './places.ts'

/**
 * Ends the cluster; resolves to whether there was one. Processes, mounts, interfaces, routes and rules end with the node.
 * What does not are control groups and files. Each step may find nothing, so that it also ends what was interrupted.
 */
export async function down({ env, signal }: Pick<Context, 'env' | 'signal'>): Promise<boolean> {
  const node = await findNode()
  if (node) await endNode(node, signal)
  // The kernel takes network namespaces away in the background, and with ours its end of the cable and then this one.
  await until(
    'the end of the network',
    () => readFile('/proc/self/net/dev', 'utf8'),
    text => !text.includes(hostLink),
    {
      signal,
      deadlineMs: 60_000,
    },
  )
  await removeGroups({ env, signal })
  await rm(places.home, { recursive: true, force: true })
  for (const folder of [...fixedPlaces, '/var/lib/fairlead']) await removeEmpty(folder)
  return node !== undefined
}

async function removeGroups(context: Pick<Context, 'env' | 'signal'>): Promise<void> {
  const roots = globSync(['/sys/fs/cgroup/kubepods', '/sys/fs/cgroup/*/kubepods'])
  if (roots.length === 0) return
  // A group whose last process has just ended can be busy for a moment.
  const remove = () => run('find', [...roots, '-depth', '-type', 'd', '-exec', 'rmdir', '{}', ';'], context)
  await until('the end of the control groups', remove, ({ stderr }) => !/busy/i.test(stderr), {
    ...context,
    deadlineMs: 60_000,
  })
}

/** A folder in which somebody else keeps something stays. */
async function removeEmpty(folder: string): Promise<void> {
  await rmdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (!['ENOENT', 'ENOTEMPTY', 'EEXIST'].includes(error.code ?? '')) throw error
  })
}
