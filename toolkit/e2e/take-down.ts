import type { Stack } from './stack.ts'

/** `down --volumes`, and nothing of the project is left: no container, no network, no volume, not even an unnamed one. */
export async function takeDown(stack: Stack): Promise<string> {
  const volumes = await volumesOf(stack)
  await stack.compose('down', '--volumes', '--remove-orphans')
  const label = `label=com.docker.compose.project=${stack.project}`
  const list = async (...args: string[]) =>
    (await stack.docker(...args, '--filter', label, '--quiet')).stdout.split('\n').filter(line => line !== '')
  const left = [
    ...(await list('ps', '--all')),
    ...(await list('network', 'ls')),
    ...(await list('volume', 'ls')),
    ...(await stillThere(stack, volumes)),
  ]
  if (left.length > 0) throw new Error(`down --volumes left ${left.join(', ')}`)
  return `no container, network or volume is left; there were ${volumes.length} volumes`
}

/** Those that were built, unless it did not come to that. */
export async function removeImages({ docker, images }: Stack): Promise<void> {
  const { stdout } = await docker('image', 'ls', '--format', '{{.Repository}}:{{.Tag}}')
  const left = Object.values(images).filter(image => stdout.split('\n').includes(image))
  if (left.length > 0) await docker('image', 'rm', ...left)
}

type Mount = { Type: string; Name?: string }

async function volumesOf(stack: Stack): Promise<string[]> {
  const names = await stack.containers()
  if (names.length === 0) return []
  const { stdout } = await stack.docker('inspect', '--format', '{{json .Mounts}}', ...names)
  const mounts = stdout
    .trim()
    .split('\n')
    .flatMap(line => JSON.parse(line) as Mount[]) // as docker inspect documents
  return [...new Set(mounts.flatMap(({ Type, Name }) => (Type === 'volume' && Name !== undefined ? [Name] : [])))]
}

async function stillThere(stack: Stack, volumes: string[]): Promise<string[]> {
  const all = (await stack.docker('volume', 'ls', '--quiet')).stdout.split('\n')
  return volumes.filter(name => all.includes(name))
}
