import { existsSync } from 'node:fs'
import { copyFile, rm } from 'node:fs/promises'
import { run } from '../exec.ts'
import type { Context } from '../step.ts'
import { NoCluster } from './no-cluster.ts'
import { findNode, inNode, type Node } from './node.ts'
import { places, sockets } from './places.ts'

/**
 * Brings an image of the Docker engine, or a file that `docker save` wrote, into the cluster. Pods find it by its tag with
 * imagePullPolicy IfNotPresent or Never, and by the digest that is returned: containerd's own, not that of a registry.
 */
export async function loadImage(
  node: Node,
  image: string,
  context: Pick<Context, 'env' | 'signal'>,
): Promise<string[]> {
  const file = `${places.home}/load-${process.pid}.tar`
  try {
    if (existsSync(image)) await copyFile(image, file)
    else await save(image, file, context)
    const ctr = (...args: string[]) =>
      inNode(node, ['ctr', `--address=${sockets.containerd}`, '--namespace=k8s.io', 'images', ...args], context)
    const names: string[] = []
    for (const [, name = '', digest = ''] of (await ctr('import', file)).matchAll(
      /^unpacking (\S+) \((sha256:\w+)\)/gm,
    )) {
      const pinned = `${name.replace(/:[^:/]*$/, '')}@${digest}`
      await ctr('tag', '--force', name, pinned) // importing names it by its tag only
      names.push(pinned)
    }
    return names
  } finally {
    await rm(file, { force: true })
  }
}

/** Into the cluster of this machine; resolves to the names that hold them by digest. */
export async function loadOurs(images: readonly string[], context: Pick<Context, 'env' | 'signal'>): Promise<string[]> {
  const node = await findNode()
  if (!node) throw new NoCluster('no cluster runs; ./fairlead cluster up starts one')
  const names: string[] = []
  for (const image of images) names.push(...(await loadImage(node, image, context)))
  return names
}

async function save(image: string, file: string, { env, signal }: Pick<Context, 'env' | 'signal'>): Promise<void> {
  const { code, stderr } = await run('docker', ['save', '--output', file, image], { env, signal })
  if (code !== 0) throw new Error(`docker save ${image} ended with ${code}: ${stderr.trim()}`)
}
