import { succeed } from '../kubernetes/helm.ts'
import { listLeft } from '../kubernetes/left.ts'
import { until } from '../until.ts'
import { type DeliveryProof, inNamespace, namespace, releaseName, type Setting } from './setting.ts'

const isClaim = (line: string) => line.startsWith('persistentvolumeclaim/')

export const uninstall: DeliveryProof = {
  name: 'delivery-gone',
  async run(setting) {
    const left = await remove(setting)
    if (left.length !== 1 || !left.every(isClaim))
      throw new Error(`helm uninstall left ${left.join(', ') || 'nothing'}`)
    return `only the ledger is left: ${left[0]}`
  },
}

/** Of the release with Postgres; the claim of the one before is in the same namespace. */
export const removal: DeliveryProof = {
  name: 'delivery-removed',
  async run(setting) {
    const left = (await remove(setting)).filter(line => !isClaim(line))
    if (left.length > 0) throw new Error(`helm uninstall left ${left.join(', ')}`)
    return 'nothing of it is left; the ledger of SQLite is still there'
  },
}

async function remove({ helm, kubectl, context }: Setting): Promise<string[]> {
  await succeed(helm, 'uninstall', releaseName, '--wait', '--timeout=120s')
  const list = () => kubectl('get', 'pods', inNamespace, '--output=name')
  await until('the end of the pods', list, said => said === '', context)
  return listLeft(kubectl, namespace)
}
