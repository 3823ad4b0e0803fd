import type { Logger } from 'pino'
import type { ReadSecret, SecretRef } from '../config/secrets.ts'
import type { SourceConfig } from '../config/sources.ts'
import type { Complete } from '../config.ts'
import { createSource, type Source } from '../receiver/source.ts'

/**
 * The sources, and what is wrong with them: one that has no secret at all is there and lets nobody in. Of several that
 * replace each other those that can be read let senders in, so that a file which is late or gone already loses nothing.
 */
export function createSources(
  configured: Complete['sources'],
  readSecret: ReadSecret,
  log: Pick<Logger, 'error'>,
): { sources: Source[]; problems: string[] } {
  const problems: string[] = []
  const sources = Object.entries(configured).map(([name, config]) => {
    const tell = (error: unknown, sentence: string) => {
      const problem = error instanceof Error ? error.message : String(error)
      problems.push(`${name}: ${problem}`)
      log.error({ source: name, path: config.path, problem }, sentence)
    }
    try {
      const read = (refs: SecretRefs | undefined) => readSeveral(refs, readSecret, tell)
      return createSource({ ...shapeOf(name, config), ...credentialsOf(config, read) })
    } catch (error) {
      tell(error, 'this source refuses everybody as it is configured')
      return closed(name, config)
    }
  })
  return { sources, problems }
}

const shapeOf = (name: string, config: SourceConfig) => ({
  ...{ name, type: config.type, path: config.path, maxBodyBytes: config.maxBody },
  ...(config.type === 'flux' && { sameWithinMs: config.sameWithin }),
})

type SecretRefs = SecretRef | SecretRef[]

function readSeveral(
  refs: SecretRefs | undefined,
  readSecret: ReadSecret,
  tell: (error: unknown, sentence: string) => void,
): string[] {
  if (refs === undefined) return []
  if (!Array.isArray(refs)) return [readSecret(refs)]
  const failures: unknown[] = []
  const secrets = refs.flatMap(ref => {
    try {
      return [readSecret(ref)]
    } catch (error) {
      failures.push(error)
      return []
    }
  })
  if (secrets.length === 0) throw failures[0]
  for (const error of failures) tell(error, 'a secret of this source cannot be read; it takes the others')
  return secrets
}

function credentialsOf(config: SourceConfig, read: (refs: SecretRefs | undefined) => string[]) {
  if (config.type === 'flux') return { token: read(config.token), hmacKey: read(config.hmacKey) }
  return { token: read(config.token), username: config.username, password: read(config.password) }
}

/** Answers 401, which a sender's log shows; a path that is not there would only look like a wrong address. */
function closed(name: string, config: SourceConfig): Source {
  const source = createSource({ ...shapeOf(name, config), token: 'not used' })
  return { ...source, auth: { challenge: '', judge: () => 'refused' } }
}
