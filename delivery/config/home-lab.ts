import { readEnv } from '../../lib/env.ts'
import { type Secret, variables } from './env.ts'
import type { SecretRef } from './secrets.ts'

/** What a file would say, said by variables: nothing of it is in force where the file has `sources` or `destinations` itself. */
export type Said = { sources: unknown; destinations: unknown; mistakes: string[] }

/** Values are not read here: a secret that is missing degrades its destination, and a rotated file is seen at a reload. */
export function settingsFromEnv(env: NodeJS.ProcessEnv): Said {
  const mistakes: string[] = []
  const ref = (name: Secret): SecretRef | undefined => {
    const direct = isPresent(env[name])
    const file = env[`${name}_FILE`]
    if (direct && isPresent(file)) mistakes.push(`${name}: set either ${name} or ${name}_FILE, not both`)
    return direct ? { env: name } : isPresent(file) && file !== undefined ? { file } : undefined
  }
  const orMissing = (name: Secret): SecretRef => ref(name) ?? { env: name }

  const inbound = ref('WEBHOOK_TOKEN')
  const hasPushover = ref('PUSHOVER_USER_KEY') !== undefined || ref('PUSHOVER_API_TOKEN') !== undefined
  const hasWebhook = ref('WEBHOOK_URL') !== undefined || ref('WEBHOOK_HMAC_SECRET') !== undefined
  const pushover = {
    type: 'pushover',
    userKey: orMissing('PUSHOVER_USER_KEY'),
    token: orMissing('PUSHOVER_API_TOKEN'),
    ...(isPresent(env.PUSHOVER_URL) && { url: { env: 'PUSHOVER_URL' } }),
  }
  const slack = ref('SLACK_WEBHOOK_URL')
  const { values, mistakes: wrong } = readEnv({ CONSOLE: variables.CONSOLE }, env)
  mistakes.push(...wrong)
  const webhook = {
    type: 'webhook',
    url: orMissing('WEBHOOK_URL'),
    signingKeys: [orMissing('WEBHOOK_HMAC_SECRET')],
  }
  return {
    // Without a token both are there and closed, so that a sender hears 401 with a reason and not 404.
    sources: {
      flux: { type: 'flux', ...(inbound && { token: inbound, hmacKey: inbound }) },
      alertmanager: { type: 'alertmanager', ...(inbound && { token: inbound }) },
    },
    destinations: {
      ...(values.CONSOLE && { console: { type: 'console' } }),
      ...(hasPushover && { pushover }),
      ...(slack && { slack: { type: 'slack', url: slack } }),
      ...(hasWebhook && { webhook }),
    },
    mistakes: [...new Set(mistakes)],
  }
}

const isPresent = (value: string | undefined) => value !== undefined && value.trim() !== ''
