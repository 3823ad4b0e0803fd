/** An event as kustomize-controller has it sent; `metadata` is merged. */
export const fluxEvent = ({ metadata, involvedObject, ...fields }: Record<string, unknown> = {}) => ({
  involvedObject: {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    name: 'apps',
    namespace: 'flux-system',
    uid: '6ba7b810-9dad-11d1-80b4-00c04fd430c8',
    ...(involvedObject as object | undefined), // of the test's own making
  },
  severity: 'error',
  timestamp: '2026-11-20T10:00:00Z',
  message: 'health check failed after 2.08s: timeout waiting for Deployment/default/api',
  reason: 'HealthCheckFailed',
  metadata: { revision: 'main@sha1:4b825dc642cb6eb9a060e54bf8d69288fbee4904', ...(metadata as object | undefined) },
  reportingController: 'kustomize-controller',
  reportingInstance: 'kustomize-controller-7d9f8b6c5d-x2k4p',
  ...fields,
})

/** One alert of an Alertmanager notification. */
export const alert = (fields: Record<string, unknown> = {}) => ({
  status: 'firing',
  labels: { alertname: 'HighErrorRate', severity: 'critical', namespace: 'shop', service: 'api' },
  annotations: {
    summary: '5 % of requests fail',
    description: 'For 5 minutes now.',
    runbook_url: 'https://runbooks.example.com/HighErrorRate',
  },
  startsAt: '2026-11-20T10:00:00.123Z',
  endsAt: '0001-01-01T00:00:00Z',
  generatorURL: 'http://prometheus.example.com/graph?g0.expr=up',
  fingerprint: 'a1b2c3d4e5f60718',
  ...fields,
})

export const notification = (alerts: unknown[], fields: Record<string, unknown> = {}) => ({
  version: '4',
  groupKey: '{}:{alertname="HighErrorRate"}',
  truncatedAlerts: 0,
  status: 'firing',
  receiver: 'team-x',
  groupLabels: { alertname: 'HighErrorRate' },
  commonLabels: {},
  commonAnnotations: {},
  externalURL: 'http://alertmanager.example.com',
  alerts,
  ...fields,
})
