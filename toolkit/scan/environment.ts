/** What Trivy needs to find its way to a registry: the proxy, and the certificates of whoever stands in between. */
const needed = ['PATH', 'TMPDIR', 'SSL_CERT_FILE', 'SSL_CERT_DIR']
const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY']
const kept = [...needed, ...proxies, ...proxies.map(name => name.toLowerCase())]

/**
 * The environment of Trivy: a list of what it gets, because nobody can list every secret it must not get. Its home is `folder`,
 * so it finds no login of Docker and no settings; TRIVY_* would change what is found.
 */
export function trivyEnvironment(env: NodeJS.ProcessEnv, folder: string): NodeJS.ProcessEnv {
  const given = kept.flatMap(name => (env[name] === undefined ? [] : [[name, env[name]] as const]))
  return { ...Object.fromEntries(given), HOME: folder, DOCKER_CONFIG: folder }
}

const secrets = [
  /^(GITHUB|GH|PROMOTE|NPM|NODE_AUTH|ACTIONS_ID_TOKEN_REQUEST)_TOKEN$/,
  /^COSIGN_(PRIVATE_KEY|PASSWORD)/,
  /^REGISTRY_PASSWORD$/,
  /^AWS_(SECRET_ACCESS_KEY|SESSION_TOKEN)$/,
  /^(SLACK_WEBHOOK_URL|KUBECONFIG)$/,
]

/**
 * Names of the secrets in the environment of a job. To leave them out of Trivy's is not enough: a process can read the
 * environment of its parent. So a job that scans has none at all (GHSA-69fq-xp46-6x23 is a scanner that stole them).
 */
export const secretsIn = (env: NodeJS.ProcessEnv): string[] =>
  Object.keys(env)
    .filter(name => secrets.some(secret => secret.test(name)))
    .sort()
