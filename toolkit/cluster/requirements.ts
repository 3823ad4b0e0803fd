import { existsSync } from 'node:fs'
import { delimiter } from 'node:path'
import { findProgram } from '../engine/programs.ts'

const programs: Record<string, string> = {
  unshare: 'util-linux',
  nsenter: 'util-linux',
  ip: 'iproute2',
  iptables: 'iptables',
  containerd: 'containerd',
  ctr: 'containerd',
  runc: 'runc',
  tar: 'tar',
}
const plugins = ['bridge', 'host-local', 'portmap', 'loopback'].map(name => `/usr/lib/cni/${name}`)
const controllers = ['cpu', 'cpuacct', 'cpuset', 'memory'].map(name => `/sys/fs/cgroup/${name}`)

/** The environment with the folders of what only root runs, which a login shell may lack. */
export const withSystemPath = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...env,
  PATH: [env.PATH, '/usr/local/sbin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'].filter(Boolean).join(delimiter),
})

/** Why no cluster can be started here, or undefined. */
export async function whyNoCluster(
  env: NodeJS.ProcessEnv,
  { platform, uid }: { platform: string; uid: number | undefined } = {
    platform: process.platform,
    uid: process.getuid?.(),
  },
): Promise<string | undefined> {
  const instead = 'set KUBECONFIG to use another cluster, such as one of kind'
  if (platform !== 'linux' || uid !== 0) return `only root on Linux can start a cluster; ${instead}`
  const packages = new Set<string>()
  const absent: string[] = []
  for (const [name, source] of Object.entries(programs)) {
    if (await findProgram(name, withSystemPath(env))) continue
    absent.push(name)
    packages.add(source)
  }
  for (const file of plugins.filter(file => !existsSync(file))) {
    absent.push(file)
    packages.add('containernetworking-plugins')
  }
  if (absent.length > 0)
    return `there is no ${absent.join(', ')} (Debian: apt-get install ${[...packages].join(' ')}); or ${instead}`
  const isUnified = existsSync('/sys/fs/cgroup/cgroup.controllers')
  const missing = isUnified ? [] : controllers.filter(folder => !existsSync(folder))
  return missing.length > 0 ? `there is no ${missing.join(', ')}, which the kubelet needs; ${instead}` : undefined
}
