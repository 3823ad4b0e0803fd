/** Where package-lock.json names a package in this version, or in any; undefined when it does not. */
export function lockfileLine(lockfile: string, name: string, version: string): number | undefined {
  const lines = lockfile.split('\n')
  const places = lines.flatMap((line, index) => {
    const path = /^\s*"((?:.*\/)?node_modules\/[^"]+)": \{$/.exec(line)?.[1]
    return path?.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length) === name ? [index] : []
  })
  // npm writes the version first.
  const exact = places.find(index => lines[index + 1]?.includes(`"version": "${version}"`))
  const found = exact ?? places[0]
  return found === undefined ? undefined : found + 1
}
