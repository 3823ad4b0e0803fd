/** There is no cluster and none can be started; one sentence says why. A step that needs one is then `not run`. */
export class NoCluster extends Error {
  override name = 'NoCluster'
}
