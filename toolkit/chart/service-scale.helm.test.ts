import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refusal, release, renderChart, type Values } from '../testing/render-chart.ts'

const render = (values?: Values) => renderChart('helm/service', values)
const refused = (values: Values) => refusal('helm/service', values)
const deployment = `Deployment/${release}`
const pod = 'spec.template.spec'

test('the number of replicas is said, unless an autoscaler says it', () => {
  const fixed = render({ replicas: 3 })
  assert.equal(fixed.at(deployment, 'spec.replicas'), 3)
  assert.ok(!fixed.names.includes(`HorizontalPodAutoscaler/${release}`))
  const scaled = render({ replicas: 3, autoscaling: { enabled: true, minReplicas: 4 } })
  assert.equal(Object.hasOwn(scaled.at(deployment, 'spec') as object, 'replicas'), false)
  assert.equal(scaled.at(`HorizontalPodAutoscaler/${release}`, 'spec.minReplicas'), 4)
  assert.equal(scaled.at(`HorizontalPodAutoscaler/${release}`, 'spec.scaleTargetRef.name'), release)
  const container = scaled.at(`HorizontalPodAutoscaler/${release}`, 'spec.metrics.0.containerResource.container')
  assert.equal(container, scaled.at(deployment, `${pod}.containers.0.name`))
})

for (const [what, values] of [
  ['one replica', { replicas: 1 }],
  ['an autoscaler', { autoscaling: { enabled: true, minReplicas: 1 } }],
] as const)
  test(`with ${what} a drain may take a pod, and never more than one at a time`, () => {
    const { spec } = render(values).at(`PodDisruptionBudget/${release}`) as { spec: object }
    assert.deepEqual(spec, {
      selector: { matchLabels: render().at(deployment, 'spec.selector.matchLabels') },
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    })
  })

test('no PodDisruptionBudget is made when it is turned off, and one that blocks every drain is refused', () => {
  assert.ok(!render({ podDisruptionBudget: { enabled: false } }).names.includes(`PodDisruptionBudget/${release}`))
  assert.match(refused({ podDisruptionBudget: { maxUnavailable: 0 } }), /podDisruptionBudget\/maxUnavailable/)
  assert.match(refused({ podDisruptionBudget: { minAvailable: 1 } }), /minAvailable/)
})

test('pods spread over the places that the values name', () => {
  const constraints = render({ topologySpread: { keys: ['a.example/rack'], whenUnsatisfiable: 'DoNotSchedule' } }).at(
    deployment,
    `${pod}.topologySpreadConstraints`,
  )
  assert.deepEqual(constraints, [
    {
      topologyKey: 'a.example/rack',
      maxSkew: 1,
      whenUnsatisfiable: 'DoNotSchedule',
      matchLabelKeys: ['pod-template-hash'],
      labelSelector: { matchLabels: render().at(deployment, 'spec.selector.matchLabels') },
    },
  ])
  assert.equal(render({ topologySpread: { keys: [] } }).at(deployment, `${pod}.topologySpreadConstraints`), undefined)
})

test('the fewest pods are not more than the most', () => {
  const autoscaling = { enabled: true, minReplicas: 3, maxReplicas: 2 }
  assert.match(
    refused({ autoscaling }),
    /autoscaling\.minReplicas: expected at most autoscaling\.maxReplicas \(2\), got 3/,
  )
})

test('where pods may run is said for every pod, and nothing is when nothing is given', () => {
  const placement = {
    nodeSelector: { 'kubernetes.io/arch': 'arm64' },
    tolerations: [{ key: 'dedicated', operator: 'Exists' }],
    affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [] } },
    priorityClassName: 'high',
  }
  const keys = [...Object.keys(placement), 'imagePullSecrets']
  const image = { pullSecrets: [{ name: 'registry' }] }
  const given = { ...placement, imagePullSecrets: image.pullSecrets }
  for (const [object, path] of [
    [deployment, pod],
    [`Job/${release}-migrate`, pod],
    [`Pod/${release}-test`, 'spec'],
  ] as const) {
    const found = (values: Values) =>
      Object.entries(render(values).at(object, path) as Values).filter(([key]) => keys.includes(key))
    assert.deepEqual(Object.fromEntries(found({ ...placement, image })), given)
    assert.deepEqual(found({}), [])
  }
})

test('labels, annotations and variables of a team are added, and do not replace ours', () => {
  const all = render({
    podLabels: { team: 'orders', 'app.kubernetes.io/component': 'theirs' },
    podAnnotations: { owner: 'orders' },
    extraEnv: [{ name: 'A', value: 'b' }],
  })
  const template = 'spec.template.metadata'
  assert.equal(all.at(deployment, `${template}.labels.team`), 'orders')
  assert.equal(all.at(deployment, `${template}.annotations.owner`), 'orders')
  assert.deepEqual(all.at(deployment, `${pod}.containers.0.env.2`), { name: 'A', value: 'b' })
  assert.equal(all.at(deployment, `${template}.labels.[app.kubernetes.io/component]`), 'service')
})
