import type { Labels, Scene } from './table.ts'

/** Alerts as the API of Alertmanager gives them. */
export type Told = { labels: Labels; status: { inhibitedBy: string[] } }

// Every scene has services of its own, so that all of them fit into one Alertmanager.
const serviceOf = (index: number, other: string | undefined) =>
  `scene-${index}${other === undefined ? '' : `-${other}`}`

/** The alerts of all scenes. */
export const alertsOf = (scenes: readonly Scene[]): { labels: Labels }[] =>
  scenes.flatMap(({ firing }, index) =>
    firing.map(text => {
      const [alertname = '', severity = '', other] = text.split(' ')
      return { labels: { alertname, severity, service: serviceOf(index, other) } }
    }),
  )

/** One sentence for each scene that came out differently. */
export function wrongScenes(scenes: readonly Scene[], told: readonly Told[]): string[] {
  return scenes.flatMap(({ what, firing, silenced }, index) => {
    const silent = firing.filter(text => {
      const [alertname, severity, other] = text.split(' ')
      const found = told.find(
        ({ labels }) =>
          labels.alertname === alertname && labels.severity === severity && labels.service === serviceOf(index, other),
      )
      if (found === undefined) throw new Error(`Alertmanager does not know ${text} of scene ${index}`)
      return found.status.inhibitedBy.length > 0
    })
    if (String(silent.toSorted()) === String(silenced.toSorted())) return []
    return [`${what}: silent are ${list(silent)}; expected ${list(silenced)}`]
  })
}

const list = (alerts: readonly string[]) => (alerts.length === 0 ? 'none' : alerts.join(', '))
