// Events of Flux, each about an object of its own: post.ts <url> <token> <prefix> <count> <clients>. Prints as JSON how many
// were taken, and what every other answer was.
const [url = '', token = '', prefix = '', count = '1', clients = '1'] = process.argv.slice(2)
const failures: Record<string, number> = {}
let taken = 0
let next = 0

await Promise.all(Array.from({ length: Number(clients) }, client))
process.stdout.write(`${JSON.stringify({ taken, failures })}\n`)

async function client(): Promise<void> {
  while (next < Number(count)) {
    next += 1
    const failure = await post(`${prefix}-${next}`).then(
      status => (status === 202 ? undefined : `answered ${status}`),
      (error: Error) => String(error.cause ?? error),
    )
    if (failure === undefined) taken += 1
    else failures[failure] = (failures[failure] ?? 0) + 1
  }
}

async function post(name: string): Promise<number> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  const body = JSON.stringify({
    involvedObject: {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      name,
      namespace: 'flux-system',
      uid: name,
    },
    severity: 'error',
    timestamp: new Date().toISOString(),
    message: `health check of ${name} failed: timeout waiting for Deployment/default/${name}`,
    reason: 'HealthCheckFailed',
    metadata: { revision: 'main@sha1:4b825dc642cb6eb9a060e54bf8d69288fbee4904' },
    reportingController: 'kustomize-controller',
    reportingInstance: 'kustomize-controller-7d9f8b6c5d-x2k4p',
  })
  const answer = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(20_000) })
  await answer.arrayBuffer()
  return answer.status
}
