import type { FlagdProvider } from '@openfeature/flagd-provider'
import type { Config } from '../config.ts'

export type FlagdConfig = Pick<
  Config,
  'FLAGD_RESOLVER' | 'FLAGD_HOST' | 'FLAGD_PORT' | 'FLAGD_SYNC_PORT' | 'FLAGD_OFFLINE_FLAG_SOURCE_PATH'
>
export type FlagdSettings = NonNullable<ConstructorParameters<typeof FlagdProvider>[0]>

/**
 * What the provider is told; undefined when no variable asks for flagd. Given explicitly, because the provider's own
 * reading lets FLAGD_SYNC_PORT win over FLAGD_PORT in rpc mode. Its other variables (FLAGD_TLS, FLAGD_SERVER_CERT_PATH,
 * FLAGD_SOURCE_SELECTOR, …) it reads itself.
 */
export function flagdSettings(config: FlagdConfig): FlagdSettings | undefined {
  const { FLAGD_RESOLVER, FLAGD_HOST, FLAGD_PORT, FLAGD_SYNC_PORT, FLAGD_OFFLINE_FLAG_SOURCE_PATH: file } = config
  if (file !== undefined) return { resolverType: 'in-process', offlineFlagSourcePath: file }
  if ([FLAGD_RESOLVER, FLAGD_HOST, FLAGD_PORT, FLAGD_SYNC_PORT].every(value => value === undefined)) return undefined
  const host = FLAGD_HOST ?? 'localhost'
  if (FLAGD_RESOLVER === 'in-process') return { resolverType: 'in-process', host, port: FLAGD_SYNC_PORT ?? 8015 }
  // Our snapshot is the cache. The provider's own can keep an answer that was on its way when the flag changed.
  return { resolverType: 'rpc', host, port: FLAGD_PORT ?? 8013, cache: 'disabled' }
}
