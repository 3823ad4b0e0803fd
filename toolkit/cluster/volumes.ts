import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { nodeName } from './addresses.ts'
import { places } from './places.ts'

const names = Array.from({ length: 16 }, (_, index) => `volume-${index + 1}`)

/**
 * Volumes for claims, by the default class. They are folders, made beforehand, as `local` volumes: those take on the group
 * of their pod (fsGroup), as volumes of real storage do; the provisioner inside the controller manager makes some that do not.
 */
export const volumeObjects = {
  apiVersion: 'v1',
  kind: 'List',
  items: [
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'local', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
      provisioner: 'kubernetes.io/no-provisioner',
      volumeBindingMode: 'WaitForFirstConsumer',
    },
    ...names.map(name => ({
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name },
      spec: {
        storageClassName: 'local',
        capacity: { storage: '20Gi' }, // nobody measures: it is the disk of this machine
        accessModes: ['ReadWriteOnce'],
        persistentVolumeReclaimPolicy: 'Retain',
        local: { path: folderOf(name) },
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [nodeName] }] },
            ],
          },
        },
      },
    })),
  ],
}

/** The folder of a volume, on this machine and in the node alike. */
export function folderOf(name: string): string {
  return join(places.home, 'volumes', name)
}

export async function createVolumeFolders(): Promise<void> {
  for (const name of names) await mkdir(folderOf(name), { recursive: true })
}
