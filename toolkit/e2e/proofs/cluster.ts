import { Resolver } from 'node:dns/promises'
import { stat } from 'node:fs/promises'
import { addresses } from '../../cluster/addresses.ts'
import { dnsImage } from '../../cluster/dns.ts'
import { writeProgramImage } from '../../cluster/image-tar.ts'
import { applyObjects, type Kubectl } from '../../cluster/kubectl.ts'
import { loadImage } from '../../cluster/load.ts'
import { findNode } from '../../cluster/node.ts'
import { pauseImage } from '../../cluster/node-programs.ts'
import { places } from '../../cluster/places.ts'
import { preparePrograms } from '../../cluster/programs.ts'
import { folderOf } from '../../cluster/volumes.ts'
import type { Context } from '../../step.ts'
import { restricted } from '../kubernetes/restricted.ts'
import { until } from '../until.ts'

type ClusterProof = { name: string; run(kubectl: Kubectl, context: Context): Promise<string> }

const namespace = 'cluster-proof'
const group = 65_533
const metadata = (name: string) => ({ name, namespace })
const resources = { requests: { cpu: '5m', memory: '8Mi' }, limits: { memory: '64Mi' } }
const container = { name: 'main', image: pauseImage, imagePullPolicy: 'Never', securityContext: restricted, resources }
const claim = { persistentVolumeClaim: { claimName: 'data' } }

/** In a namespace that is as strict as a tenant's: pod security restricted, and a quota. */
const objects = [
  {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
  },
  { apiVersion: 'v1', kind: 'ResourceQuota', metadata: metadata('small'), spec: { hard: { 'requests.cpu': '1' } } },
  {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: metadata('data'),
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Mi' } } },
  },
]

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: metadata('sleeper'),
  spec: {
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 5,
    securityContext: { fsGroup: group },
    containers: [{ ...container, volumeMounts: [{ name: 'data', mountPath: '/data' }] }],
    volumes: [{ name: 'data', ...claim }],
  },
}

const job = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: metadata('once'),
  spec: {
    backoffLimit: 0,
    template: {
      spec: {
        automountServiceAccountToken: false,
        restartPolicy: 'Never',
        containers: [{ ...container, image: dnsImage, args: ['-version'] }],
      },
    },
  },
}

export const clusterProofs: readonly ClusterProof[] = [
  { name: 'cluster-pod', run: provePod },
  { name: 'cluster-job', run: proveJob },
  { name: 'cluster-load', run: proveLoad },
  { name: 'cluster-dns', run: proveDns },
  { name: 'cluster-deny', run: proveAdmission },
]

async function provePod(kubectl: Kubectl): Promise<string> {
  await applyObjects(kubectl, 'proof', { apiVersion: 'v1', kind: 'List', items: objects })
  await applyObjects(kubectl, 'proof-pod', pod)
  await kubectl('wait', '--namespace', namespace, '--for=condition=Ready', '--timeout=120s', 'pod/sleeper')
  const address = await kubectl('get', 'pod/sleeper', '--namespace', namespace, '--output=jsonpath={.status.podIP}')
  const volume = await kubectl('get', 'pvc/data', '--namespace', namespace, '--output=jsonpath={.spec.volumeName}')
  const owner = (await stat(folderOf(volume))).gid
  if (owner !== group) throw new Error(`${volume} belongs to group ${owner}, not to that of its pod, ${group}`)
  await kubectl('delete', 'pod/sleeper', '--namespace', namespace, '--timeout=60s')
  return `ready at ${address} with ${volume}, restricted; and gone when told to`
}

async function proveJob(kubectl: Kubectl): Promise<string> {
  await applyObjects(kubectl, 'proof-job', job)
  await kubectl('wait', '--namespace', namespace, '--for=condition=Complete', '--timeout=120s', 'job/once')
  const said = (await kubectl('logs', '--namespace', namespace, 'job/once')).trim().replaceAll('\n', ' ')
  if (!said.includes('CoreDNS')) throw new Error(`the log of the job is "${said}"`)
  return `a job ran to its end, and its log can be read: ${said}`
}

/** Under a name that no registry has; by its digest, as charts name images. */
async function proveLoad(kubectl: Kubectl, context: Context): Promise<string> {
  const node = await findNode()
  if (!node) throw new Error('the node has ended')
  const { coredns: program } = await preparePrograms(context)
  const to = `${places.home}/proof.tar`
  await writeProgramImage({ image: 'registry.invalid/team/once:1.2.3', program, user: '65532', to }, context)
  const [image = ''] = await loadImage(node, to, context)
  const [main] = job.spec.template.spec.containers
  const template = {
    spec: { ...job.spec.template.spec, containers: [{ ...main, image, imagePullPolicy: 'IfNotPresent' }] },
  }
  await applyObjects(kubectl, 'proof-load', { ...job, metadata: metadata('loaded'), spec: { ...job.spec, template } })
  await kubectl('wait', '--namespace', namespace, '--for=condition=Complete', '--timeout=120s', 'job/loaded')
  return `a job ran ${image}`
}

/** From this machine: over the route, the rules of kube-proxy and the bridge into the pod, which asks the API server. */
async function proveDns(_kubectl: Kubectl, { signal }: Context): Promise<string> {
  const resolver = new Resolver({ timeout: 2000, tries: 1 })
  resolver.setServers([addresses.dns])
  const name = 'kubernetes.default.svc.cluster.local'
  const found = await until(
    name,
    () => resolver.resolve4(name),
    () => true,
    { signal, deadlineMs: 60_000 },
  )
  if (found.join() !== addresses.api) throw new Error(`${name} is ${found.join()}, expected ${addresses.api}`)
  const outside = await resolver.resolve4('example.com').then(
    () => 'found',
    (error: NodeJS.ErrnoException) => error.code,
  )
  if (outside === 'found') throw new Error('example.com has an address: the cluster reaches the internet')
  return `${name} is ${addresses.api}; example.com is ${outside}`
}

async function proveAdmission(kubectl: Kubectl): Promise<string> {
  const open = { ...container, securityContext: { privileged: true } }
  const big = { ...container, resources: { requests: { cpu: '2', memory: '8Mi' }, limits: { memory: '64Mi' } } }
  const wrong = [
    { name: 'privileged', container: open, said: 'violates PodSecurity "restricted' },
    { name: 'greedy', container: big, said: 'exceeded quota: small' },
  ]
  for (const each of wrong) {
    const refused = applyObjects(kubectl, `proof-${each.name}`, {
      ...pod,
      metadata: metadata(each.name),
      spec: { automountServiceAccountToken: false, containers: [each.container] },
    })
    const message = await refused.then(
      () => 'nothing',
      (error: Error) => error.message,
    )
    if (!message.includes(each.said)) throw new Error(`${each.name}: expected "${each.said}", got ${message}`)
  }
  const may = await kubectl.try('auth', 'can-i', 'list', 'secrets', `--as=system:serviceaccount:${namespace}:default`)
  if (may.stdout.trim() !== 'no') throw new Error(`a service account without a role may list secrets: ${may.stdout}`)
  return 'a privileged pod, one above the quota, and a service account without a role are refused'
}
