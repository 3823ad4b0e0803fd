/** A program that is built from a Go module: `third-party/<folder>/go.mod` says which, the go.sum beside it holds the checksums. */
export type Pin = {
  name: string
  /** Below third-party/; programs of one module share it. */
  folder: string
  /** What is built. One that starts with a dot is ours, below the folder: it puts packages of the module together, or helps them. */
  package: string
  /** The module whose version is the program's. */
  module: string
  /** What people call the version of the module. */
  release(version: string): string
  /** Variables that tell the program its release, as `name=value` for -ldflags -X. */
  stamps(version: string): readonly string[]
  tags?: readonly string[]
  /** GOEXPERIMENT, where the program needs a part of Go that is not for everybody yet. */
  experiment?: string
  /** Arguments with which it tells its release; none for programs of ours. */
  asks?: readonly string[]
  /** What does not work without it. */
  without: string
}
