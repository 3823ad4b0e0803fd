import type { Logger } from 'pino'
import type { ReadSecret, SecretRef } from '../config/secrets.ts'
import type { SourceConfig } from '../config/sources.ts'
import type { Complete } from '../config.ts'
import { createSource, type Source } from '../receiver/source.ts'

/** The sources, and what is wrong with them: one whose secret is missing is there and lets nobody in. */
export function createSources(
  configured: Complete['sources'],
  readSecret: ReadSecret,
  log: Pick<Logger, 'error'>,
): { sources: Source[]; problems: string[] } {
  const problems: string[] = []
  const sources = Object.entries(configured).map(([name, config]) => {
    try {
      return createSource({ ...shapeOf(name, config), ...credentialsOf(config, readSecret) })
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      problems.push(`${name}: ${reason}`)
      log.error(
        { source: name, path: config.path, problem: reason },
        'this source refuses everybody as it is configured',
      )
      return closed(name, config)
    }
  })
  return { sources, problems }
}

const shapeOf = (name: string, config: SourceConfig) => ({
  ...{ name, type: config.type, path: config.path, maxBodyBytes: config.maxBody },
  ...(config.type === 'flux' && { sameWithinMs: config.sameWithin }),
})

function credentialsOf(config: SourceConfig, readSecret: ReadSecret) {
  const read = (ref: SecretRef | undefined) => (ref === undefined ? undefined : readSecret(ref))
  if (config.type === 'flux') return { token: read(config.token), hmacKey: read(config.hmacKey) }
  return { token: read(config.token), username: config.username, password: read(config.password) }
}

/** Answers 401, which a sender's log shows; a path that is not there would only look like a wrong address. */
function closed(name: string, config: SourceConfig): Source {
  const source = createSource({ ...shapeOf(name, config), token: 'not used' })
  return { ...source, auth: { challenge: '', judge: () => 'refused' } }
}
