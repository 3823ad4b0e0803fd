import { NotRun } from '../not-run.ts'

/** There is no cluster and none can be started. */
export class NoCluster extends NotRun {
  override name = 'NoCluster'
}
