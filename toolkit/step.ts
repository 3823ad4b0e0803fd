/** One step of `./fairlead`. A file per step exports one; `toolkit/steps.ts` lists them all. */
export type Step = {
  name: string
  /** One sentence for the list of steps. */
  summary: string
  /** What `--help` prints below the summary: usage lines, then every option with its default. */
  help: string
  /** This step also reads the file .env of the checkout, where the environment wins. */
  readsDotEnv?: true
  /** Resolves to the exit code. Throw UsageError for wrong use (exit 2); any other error exits 1 with its message. */
  run(args: string[], context: Context): Promise<number>
}

/** What `cli.ts`, the only reader of process.env here, hands to a step. */
export type Context = {
  /** The checkout: absolute path of the folder that holds package.json. */
  root: string
  /** The environment without its empty variables: an empty one is an absent one. */
  env: NodeJS.ProcessEnv
  /** Aborted at the first SIGINT, SIGTERM or SIGHUP: finish in good order. */
  signal: AbortSignal
  /** Aborted at a later one: end at once. */
  hurry: AbortSignal
  /** One line to standard output. */
  print(line: string): void
}

/** Wrong use: printed with the nearest right one, exit 2. */
export class UsageError extends Error {
  override name = 'UsageError'
}
