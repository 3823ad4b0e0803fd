import type { Context } from '../step.ts'
import { inNode, type Node } from './node.ts'
import { places } from './places.ts'

/** Starts a program inside the node, where it stays; what it says goes to a file of its name in `places.logs`. */
export async function startDaemon(
  node: Node,
  name: string,
  command: readonly string[],
  context: Pick<Context, 'env' | 'signal'>,
): Promise<void> {
  const script = `log=$1; shift; "$@" </dev/null >>"$log" 2>&1 &`
  await inNode(node, ['setsid', 'sh', '-c', script, 'sh', `${places.logs}/${name}.log`, ...command], context)
}
