/** Proofs of `./fairlead e2e` that .ci/cannot-run may excuse; each needs an image that is not ours. */
export const excusable = ['e2e-trace', 'e2e-grafana']
