import { NotRun } from '../not-run.ts'

/** There is no Docker engine and none can be started. */
export class NoEngine extends NotRun {
  override name = 'NoEngine'
}
