/**
 * Proofs of `./fairlead e2e` that .ci/cannot-run may excuse: those that need an image which is not ours, and those with
 * which a scene begins, where a machine can have no cluster or no engine; and what is only to be had outside.
 */
export const excusable = [
  ...['e2e-trace', 'e2e-grafana', 'e2e-cluster-up', 'e2e-chart-cluster', 'e2e-chart-images'],
  ...['e2e-delivery-cluster', 'e2e-delivery-images'],
  ...['e2e-trivy-database', 'e2e-zap'],
]
