/** Short, because the paths of sockets end at 107 bytes (unix(7)). */
const home = '/var/lib/fairlead/cluster'

/** Where the cluster keeps its files. All of it is private to root, and `down` removes it. */
export const places = {
  home,
  pki: `${home}/pki`,
  config: `${home}/config`,
  logs: `${home}/logs`,
  etcd: `${home}/etcd`,
  containerd: `${home}/containerd`,
  kubelet: `${home}/kubelet`,
  /** Names the process that is the node; see node.ts. */
  node: `${home}/node`,
  kubeconfig: `${home}/kubeconfig`,
} as const

/** Inside the node, where /run is its own. */
export const sockets = { containerd: '/run/containerd.sock', etcd: '/run/etcd.sock' } as const

/**
 * Fixed in the source of containerd, the CNI plugins and the kubelet. The node has file systems of its own there; what
 * stays are these folders, empty.
 */
export const fixedPlaces = ['/var/lib/kubelet', '/var/lib/cni', '/var/log/containers', '/var/log/pods']
