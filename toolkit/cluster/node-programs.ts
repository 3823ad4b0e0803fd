import { addresses, nodeName } from './addresses.ts'
import type { Daemon } from './control-plane.ts'
import { places, sockets } from './places.ts'

export const pauseImage = 'localhost/pause:1'
const config = (name: string) => `${places.config}/${name}`

export const containerd: Daemon = {
  name: 'containerd',
  args: [`--config=${config('containerd.toml')}`, '--log-level=warn'],
}

export const kubelet: Daemon = {
  name: 'kubelet',
  args: [
    `--config=${config('kubelet.json')}`,
    `--kubeconfig=${config('kubelet.conf')}`,
    `--hostname-override=${nodeName}`,
    `--node-ip=${addresses.node}`,
    `--root-dir=${places.kubelet}`,
    `--containerd=${sockets.containerd}`, // for the statistics of cAdvisor
  ],
}

export const kubeProxy: Daemon = { name: 'kube-proxy', args: [`--config=${config('kube-proxy.json')}`] }

/** The files that the three read, by name. */
export const nodeFiles: Record<string, string> = {
  'containerd.toml': `version = 2
root = "${places.containerd}"
state = "/run/containerd-state"
[grpc]
  address = "${sockets.containerd}"
[plugins."io.containerd.internal.v1.opt"]
  path = "${places.containerd}/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  # Root without CAP_SYS_RESOURCE, as in many virtual machines, may not lower a score; without this no pod starts there.
  restrict_oom_score_adj = true
  # Port 53 without a capability, as dockerd does it.
  enable_unprivileged_ports = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${places.config}/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      SystemdCgroup = false
`,
  'cni/10-pods.conflist': json({
    cniVersion: '0.4.0',
    name: 'pods',
    plugins: [
      {
        type: 'bridge',
        bridge: 'cni0',
        isGateway: true,
        ipMasq: true,
        hairpinMode: true,
        ipam: {
          type: 'host-local',
          dataDir: '/run/ipam',
          ranges: [[{ subnet: addresses.pods }]],
          routes: [{ dst: '0.0.0.0/0' }],
        },
      },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  }),
  'resolv.conf': '# The node knows no names outside: pods that do not ask the DNS of the cluster ask nobody.\n',
  'kubelet.json': json({
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    containerRuntimeEndpoint: `unix://${sockets.containerd}`,
    cgroupDriver: 'cgroupfs',
    failCgroupV1: false,
    failSwapOn: false,
    oomScoreAdj: 0,
    maxOpenFiles: 20_000,
    tlsCertFile: `${places.pki}/kubelet.crt`,
    tlsPrivateKeyFile: `${places.pki}/kubelet.key`,
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: `${places.pki}/ca.crt` },
    },
    authorization: { mode: 'Webhook' },
    clusterDomain: 'cluster.local',
    clusterDNS: [addresses.dns],
    resolvConf: config('resolv.conf'),
    podLogsDir: '/var/log/pods',
    volumePluginDir: `${places.kubelet}/volume-plugins`,
    evictionHard: {
      'memory.available': '100Mi',
      'nodefs.available': '1%',
      'imagefs.available': '1%',
      'nodefs.inodesFree': '1%',
    },
    // Never collects images: nobody could bring them back.
    imageGCHighThresholdPercent: 100,
    imageGCLowThresholdPercent: 99,
  }),
  'kube-proxy.json': json({
    apiVersion: 'kubeproxy.config.k8s.io/v1alpha1',
    kind: 'KubeProxyConfiguration',
    mode: 'iptables',
    hostnameOverride: nodeName,
    clientConnection: { kubeconfig: config('proxy.conf') },
    oomScoreAdj: 0,
    detectLocalMode: 'BridgeInterface',
    detectLocal: { bridgeInterface: 'cni0' },
    // nf_conntrack_max cannot be written outside the first network namespace.
    conntrack: { maxPerCore: 0, min: 0, tcpEstablishedTimeout: '0s', tcpCloseWaitTimeout: '0s' },
  }),
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}
