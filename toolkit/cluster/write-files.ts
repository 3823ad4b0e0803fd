import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createPki } from './certificates.ts'
import { kubeconfigOf } from './kubeconfig.ts'
import { nodeFiles } from './node-programs.ts'
import { places } from './places.ts'
import { createVolumeFolders } from './volumes.ts'

/** Keys, configurations and folders: everything that the programs expect to find when they start. */
export async function writeFiles(): Promise<void> {
  await mkdir(places.home, { recursive: true, mode: 0o700 })
  const pki = await createPki()
  const users = ['kubelet', 'controller-manager', 'scheduler', 'proxy']
  const files = {
    ...Object.fromEntries(Object.entries(pki).map(([name, text]) => [join(places.pki, name), text])),
    ...Object.fromEntries(Object.entries(nodeFiles).map(([name, text]) => [join(places.config, name), text])),
    ...Object.fromEntries(users.map(user => [join(places.config, `${user}.conf`), kubeconfigOf(user, pki)])),
    [places.kubeconfig]: kubeconfigOf('admin', pki),
  }
  for (const folder of [places.logs, places.kubelet]) await mkdir(folder, { recursive: true })
  await createVolumeFolders()
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, text, { mode: 0o600 })
  }
}
