import type { Step } from './step.ts'

type Steps = Record<string, () => Promise<Step>>

/** Every step in the order that `./fairlead` prints, imported when it is asked for. */
export const steps: Steps = {
  init: async () => (await import('./init.ts')).init,
  migrate: async () => (await import('./migrate.ts')).migrate,
  bundle: async () => (await import('./bundle.ts')).bundle,
  image: async () => (await import('./image.ts')).image,
  bench: async () => (await import('./bench.ts')).bench,
  cluster: async () => (await import('./cluster.ts')).cluster,
  e2e: async () => (await import('./e2e.ts')).e2e,
  check: async () => (await import('./check.ts')).check,
  drill: async () => (await import('./drill.ts')).drill,
  soak: async () => (await import('./soak.ts')).soak,
  lint: async () => (await import('./lint.ts')).lint,
  secrets: async () => (await import('./secrets.ts')).secrets,
  sast: async () => (await import('./sast.ts')).sast,
  manifests: async () => (await import('./manifests.ts')).manifests,
  rules: async () => (await import('./rules.ts')).rules,
  'image-tag': async () => (await import('./image-tag.ts')).imageTag,
  build: async () => (await import('./build.ts')).build,
  'container-test': async () => (await import('./container-test.ts')).containerTest,
  sbom: async () => (await import('./sbom.ts')).sbom,
  scan: async () => (await import('./scan.ts')).scan,
  dast: async () => (await import('./dast.ts')).dast,
  push: async () => (await import('./push.ts')).push,
  sign: async () => (await import('./sign.ts')).sign,
  attest: async () => (await import('./attest.ts')).attest,
  verify: async () => (await import('./verify.ts')).verify,
  gate: async () => (await import('./gate.ts')).gate,
  promote: async () => (await import('./promote.ts')).promote,
  rollout: async () => (await import('./rollout.ts')).rollout,
  preview: async () => (await import('./preview.ts')).preview,
  notify: async () => (await import('./notify.ts')).notify,
  'verify-webhook': async () => (await import('./verify-webhook.ts')).verifyWebhook,
  messages: async () => (await import('./delivery/messages.ts')).messages,
  slo: async () => (await import('./slo.ts')).slo,
  chart: async () => (await import('./chart.ts')).chart,
  tools: async () => (await import('./tools.ts')).tools,
  doctor: async () => (await import('./doctor.ts')).doctor,
}

/** Those that people know by their npm scripts. */
export const npmSteps: Steps = {
  start: async () => (await import('./start.ts')).start,
  dev: async () => (await import('./dev.ts')).dev,
  test: async () => (await import('./test.ts')).test,
  delivery: async () => (await import('./delivery/run.ts')).delivery,
  fix: async () => (await import('./fix.ts')).fix,
}
