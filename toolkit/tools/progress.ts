const EVERY_MS = 30_000

type Tell = { print: (line: string) => void; now: () => number }

/** Turns what `go build -v` prints, a line for each package, into a line now and then; keeps what it complains about. */
export function createProgress(name: string, { print, now }: Tell) {
  const startedAt = now()
  let toldAt = startedAt
  let downloads = 0
  let packages = 0
  const complaints: string[] = []
  const seconds = () => Math.round((now() - startedAt) / 1000)
  return {
    line(line: string) {
      if (line.startsWith('go: downloading ')) downloads += 1
      else if (isPackage(line)) packages += 1
      else complaints.push(line)
      if (now() - toldAt < EVERY_MS) return
      toldAt = now()
      print(`${name}: ${downloads} modules downloaded, ${packages} packages compiled, ${seconds()} s`)
    },
    complaints: () => complaints.slice(-20).join('\n'),
    seconds,
  }
}

const isPackage = (line: string) => /^[\w.~/+-]+$/.test(line)
