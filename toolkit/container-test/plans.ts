import type { Request } from './exchange.ts'

/** What is asked of a target, and the line of /metrics that shows that it was served and counted. */
export type Plan = {
  env: Readonly<Record<string, string>>
  requests: readonly Request[]
  line: string
}

// Made up for one container that has no network and lives for seconds.
const webhookToken = 'container-test-only'

const event = {
  involvedObject: { kind: 'Kustomization', namespace: 'flux-system', name: 'container-test', uid: 'container-test' },
  severity: 'error',
  timestamp: '2026-11-20T10:00:00Z',
  message: 'the container test',
  reason: 'HealthCheckFailed',
  reportingController: 'kustomize-controller',
}

export const plans: Readonly<Record<string, Plan>> = {
  service: {
    env: { ENABLE_METRICS: 'true' },
    requests: [
      { path: '/', status: 200 },
      { path: '/', status: 200 },
      { path: '/livez', status: 200 },
      { path: '/readyz', status: 200 },
      { path: '/nothing-here', status: 404 },
    ],
    line: 'http_requests_total{handler="/",method="GET",status="200"} 2',
  },
  delivery: {
    env: { CONSOLE: 'true', WEBHOOK_TOKEN: webhookToken },
    requests: [
      {
        path: '/webhook',
        method: 'POST',
        headers: { authorization: `Bearer ${webhookToken}`, 'content-type': 'application/json' },
        body: event,
        status: 202,
      },
      { path: '/webhook', method: 'POST', body: event, status: 401 },
      { path: '/healthz', status: 200 },
      { path: '/ready', status: 200 },
    ],
    line: 'fairlead_deliveries_total{destination="console",result="delivered",class="success"} 1',
  },
}
