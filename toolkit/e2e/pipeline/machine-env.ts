import { dirname, join } from 'node:path'
import { run } from '../../exec.ts'
import type { Context } from '../../step.ts'
import { toolCache } from '../../tools/build.ts'

/** What would make a job believe something else than the scene tells it, or hand it a login of this machine. */
const ours =
  /^(GITHUB|ACTIONS|RUNNER|REGISTRY|COSIGN|SIGSTORE|SIGNING|TRIVY|AWS|PROMOTE|SLACK|WEBHOOK|DOCKER_CONFIG|BUILD_RECORD|KUBECONFIG|NODE_TEST_CONTEXT)/

/** The environment of a runner's machine: this one's, with its caches and its engine, although each job has a HOME of its own. */
export async function machineEnvironment(
  engine: NodeJS.ProcessEnv,
  { root, env, signal }: Context,
): Promise<NodeJS.ProcessEnv> {
  const kept = Object.entries(engine).filter(([name]) => !ours.test(name))
  const names = ['GOENV', 'GOPATH', 'GOCACHE', 'GOMODCACHE']
  const go = await run('go', ['env', ...names], { cwd: root, env, signal }).catch(() => undefined) // without Go, the tools are there or not
  const values = go?.stdout.split('\n') ?? []
  return {
    ...Object.fromEntries(kept),
    ...Object.fromEntries(names.flatMap((name, index) => (values[index] ? [[name, values[index]]] : []))),
    XDG_CACHE_HOME: dirname(dirname(toolCache(env))),
    NPM_CONFIG_USERCONFIG: env.NPM_CONFIG_USERCONFIG ?? join(env.HOME ?? '/', '.npmrc'),
  }
}
