import type { Stack } from './stack.ts'

const PATIENCE_MS = 5000

/** States of the alerts of one name in Prometheus; empty while none is active. */
export async function inPrometheus({ urls, signal }: Stack, alert: string): Promise<('pending' | 'firing')[]> {
  // https://prometheus.io/docs/prometheus/latest/querying/api/#alerts
  type Answer = { data: { alerts: { labels: Record<string, string>; state: 'pending' | 'firing' }[] } }
  const { data }: Answer = await getJson(`${urls.prometheus}/api/v1/alerts`, signal)
  return data.alerts.filter(({ labels }) => labels.alertname === alert).map(({ state }) => state)
}

export type ActiveAlert = { name: string; severity: string | undefined; inhibitedBy: string[] }

/** What Alertmanager takes for active, and the names of the alerts that keep each of them quiet. */
export async function inAlertmanager({ urls, signal }: Stack): Promise<ActiveAlert[]> {
  // https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml
  type Alert = { fingerprint: string; labels: Record<string, string>; status: { inhibitedBy: string[] } }
  const all: Alert[] = await getJson(`${urls.alertmanager}/api/v2/alerts`, signal)
  const nameOf = (fingerprint: string) =>
    all.find(each => each.fingerprint === fingerprint)?.labels.alertname ?? fingerprint
  return all.map(({ labels, status }) => ({
    name: labels.alertname ?? '',
    severity: labels.severity,
    inhibitedBy: status.inhibitedBy.map(nameOf),
  }))
}

async function getJson<T>(url: string, signal: AbortSignal): Promise<T> {
  const answer = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]) })
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${(await answer.text()).slice(0, 300)}`)
  return (await answer.json()) as T // of a program whose API is written down where it is asked
}
