import { apiUrl } from './addresses.ts'
import type { Pki } from './certificates.ts'

/** JSON is YAML, too. */
export function kubeconfigOf(user: string, pki: Pki): string {
  const data = (file: string) => Buffer.from(pki[file] ?? '').toString('base64')
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'fairlead', cluster: { server: apiUrl, 'certificate-authority-data': data('ca.crt') } }],
    users: [
      {
        name: user,
        user: { 'client-certificate-data': data(`${user}.crt`), 'client-key-data': data(`${user}.key`) },
      },
    ],
    contexts: [{ name: 'fairlead', context: { cluster: 'fairlead', user } }],
    'current-context': 'fairlead',
  }
  return `${JSON.stringify(config, undefined, 2)}\n`
}
