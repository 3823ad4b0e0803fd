import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { applyObjects, type Kubectl } from '../../cluster/kubectl.ts'
import { restricted } from './restricted.ts'

const programs = ['idle', 'ask', 'load', 'post', 'sink', 'kill'] as const
type Program = (typeof programs)[number]

const NODE = '/nodejs/bin/node' // where distroless has it
const SIGKILLED = 128 + 9
const fileOf = (program: Program) => `/programs/${program}.ts`

export type Caller = {
  name: string
  namespace: string
  /** One of ours: it has Node. */
  image: string
  /** What its first process is: a program of toolkit/e2e/in-pod. */
  runs?: Program
  args?: readonly string[]
  labels?: Record<string, string>
  /** Sees the processes of the whole node, as root. */
  isPrivileged?: boolean
}

/** Starts a pod that has the programs of toolkit/e2e/in-pod, and waits until it runs. */
export async function startCaller(kubectl: Kubectl, caller: Caller): Promise<void> {
  const { name, namespace, image, runs = 'idle', args = [], labels = {}, isPrivileged = false } = caller
  const data: Record<string, string> = {}
  for (const program of programs)
    data[`${program}.ts`] = await readFile(join(import.meta.dirname, `../in-pod/${program}.ts`), 'utf8')
  const spec = {
    automountServiceAccountToken: false,
    restartPolicy: 'Never',
    ...(isPrivileged && { hostPID: true }),
    containers: [
      {
        name: 'main',
        image,
        imagePullPolicy: 'IfNotPresent',
        command: [NODE, fileOf(runs), ...args],
        securityContext: isPrivileged ? { runAsUser: 0 } : restricted,
        resources: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '384Mi' } },
        volumeMounts: [{ name: 'programs', mountPath: '/programs', readOnly: true }],
      },
    ],
    volumes: [{ name: 'programs', configMap: { name: 'programs' } }],
  }
  await applyObjects(kubectl, `caller-${namespace}-${name}`, {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'programs', namespace }, data },
      { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, labels: { ...labels, role: name } }, spec },
    ],
  })
  await kubectl('wait', `--namespace=${namespace}`, '--for=condition=Ready', '--timeout=50s', `pod/${name}`)
}

/** Runs a program in a pod that is there; resolves to what it printed, as JSON that the caller describes. */
export async function runInPod<T>(
  kubectl: Kubectl,
  { name, namespace }: Pick<Caller, 'name' | 'namespace'>,
  program: Program,
  ...args: string[]
): Promise<T> {
  const said = await kubectl('exec', `--namespace=${namespace}`, name, '--', NODE, fileOf(program), ...args)
  return JSON.parse(said) as T
}

/** Tells the first process of a pod to end, as the kubelet would; the pod itself stays. */
export async function terminate(
  kubectl: Kubectl,
  { name, namespace }: Pick<Caller, 'name' | 'namespace'>,
): Promise<void> {
  const command = [name, '--', NODE, '-e', "process.kill(1, 'SIGTERM')"]
  const { code, stderr } = await kubectl.try('exec', `--namespace=${namespace}`, ...command)
  // With the first process the kernel ends every other of its namespace, so also the messenger (pid_namespaces(7)).
  if (code !== 0 && code !== SIGKILLED) throw new Error(`SIGTERM to ${name} ended with ${code}: ${stderr.trim()}`)
}
