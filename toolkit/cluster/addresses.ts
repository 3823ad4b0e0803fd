/** The networks of the cluster, none of which is routed anywhere but between this machine and its node. */
export const addresses = {
  host: '10.197.0.1',
  node: '10.197.0.2',
  link: 30,
  pods: '10.198.0.0/24', // the node's share of the range below, which the controller manager cuts into /24
  allPods: '10.198.0.0/16',
  services: '10.96.0.0/16',
  api: '10.96.0.1', // the API server always takes the first address of the services
  dns: '10.96.0.10',
} as const

export const nodeName = 'node-1'
export const apiUrl = `https://${addresses.node}:6443`
