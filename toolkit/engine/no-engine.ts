/** There is no Docker engine and none can be started; one sentence says why. A step that needs one is then `not run`. */
export class NoEngine extends Error {
  override name = 'NoEngine'
}
