import { addresses } from './addresses.ts'
import { places, sockets } from './places.ts'

export type Daemon = { name: string; args: readonly string[] }

const key = (name: string) => `${places.pki}/${name}`
const configs = (name: string) => `${places.config}/${name}.conf`

/** The store. What a crash of the machine would lose is of no interest: it is a cluster for tests. */
export const etcd: Daemon = {
  name: 'etcd',
  args: [
    `--data-dir=${places.etcd}`,
    `--listen-client-urls=unix://${sockets.etcd}`,
    // Nobody is told this address; without one it refuses to start.
    '--advertise-client-urls=http://127.0.0.111:0',
    '--listen-peer-urls=http://127.0.0.1:0',
    '--unsafe-no-fsync',
    '--log-level=warn',
  ],
}

/** With the admission plugins that are on by default: pod security, quotas, limits, policies and webhooks among them. */
export const apiServer: Daemon = {
  name: 'kube-apiserver',
  args: [
    `--etcd-servers=unix://${sockets.etcd}`,
    '--bind-address=0.0.0.0',
    '--secure-port=6443',
    `--advertise-address=${addresses.node}`, // it cannot guess one, for lack of a default route
    '--allow-privileged=true',
    '--profiling=false',
    `--service-cluster-ip-range=${addresses.services}`,
    '--authorization-mode=Node,RBAC',
    '--enable-admission-plugins=NodeRestriction',
    `--client-ca-file=${key('ca.crt')}`,
    `--tls-cert-file=${key('apiserver.crt')}`,
    `--tls-private-key-file=${key('apiserver.key')}`,
    '--service-account-issuer=https://kubernetes.default.svc.cluster.local',
    `--service-account-key-file=${key('accounts.pub')}`,
    `--service-account-signing-key-file=${key('accounts.key')}`,
    `--kubelet-certificate-authority=${key('ca.crt')}`,
    `--kubelet-client-certificate=${key('apiserver-kubelet.crt')}`,
    `--kubelet-client-key=${key('apiserver-kubelet.key')}`,
    '--kubelet-preferred-address-types=InternalIP',
  ],
}

const identified = (name: string) => [
  `--kubeconfig=${configs(name)}`,
  `--authentication-kubeconfig=${configs(name)}`,
  `--authorization-kubeconfig=${configs(name)}`,
  '--bind-address=127.0.0.1',
  `--cert-dir=/run/${name}`,
  '--leader-elect=false',
]

export const controllerManager: Daemon = {
  name: 'kube-controller-manager',
  args: [
    ...identified('controller-manager'),
    '--use-service-account-credentials=true',
    `--root-ca-file=${key('ca.crt')}`,
    `--service-account-private-key-file=${key('accounts.key')}`,
    `--cluster-signing-cert-file=${key('ca.crt')}`,
    `--cluster-signing-key-file=${key('ca.key')}`,
    '--allocate-node-cidrs=true',
    `--cluster-cidr=${addresses.allPods}`,
    `--service-cluster-ip-range=${addresses.services}`,
  ],
}

export const scheduler: Daemon = { name: 'kube-scheduler', args: identified('scheduler') }
