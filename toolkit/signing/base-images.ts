export type BaseImage = { name: string; digest?: string }

/**
 * The images of others that a Dockerfile starts from, by the digests that stand there. A build argument of the environment wins, as
 * it does in docker-compose.yml; one without a digest is named all the same, so that nobody takes it for pinned.
 */
export function findBaseImages(dockerfile: string, env: NodeJS.ProcessEnv): BaseImage[] {
  const lines = dockerfile.replace(/\\\n/g, ' ').split('\n')
  const defaults = new Map<string, string>()
  const stages = new Set<string>()
  const found = new Map<string, BaseImage>()
  for (const line of lines) {
    const [, argument = '', value = ''] = /^\s*ARG\s+(\w+)=(\S+)/i.exec(line) ?? []
    // Those before the first stage are the ones that FROM may use.
    if (argument !== '' && stages.size === 0 && found.size === 0) defaults.set(argument, value)
    const [, from = '', stage = ''] = /^\s*FROM\s+(?:--platform=\S+\s+)?(\S+)(?:\s+AS\s+(\S+))?/i.exec(line) ?? []
    if (from === '') continue
    const image = from.replace(/\$\{?(\w+)\}?/g, (_, name: string) => env[name] ?? defaults.get(name) ?? '')
    if (image !== 'scratch' && !stages.has(image)) found.set(image, parseImage(image))
    stages.add(stage)
  }
  return [...found.values()]
}

function parseImage(image: string): BaseImage {
  const [, name = image, digest] = /^(.+)@(sha256:[0-9a-f]{64})$/.exec(image) ?? []
  return digest === undefined ? { name } : { name, digest }
}
