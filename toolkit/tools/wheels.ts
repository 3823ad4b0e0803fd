/** A program that comes as Python wheels: `third-party/<name>/requirements.txt` says which, with their hashes. */
export type WheelPin = {
  name: string
  /** Arguments with which it tells its release. */
  asks: readonly string[]
  /** What does not work without it. */
  without: string
}

export const wheelPins: readonly WheelPin[] = [
  {
    name: 'zizmor',
    asks: ['--version'],
    without: '`./fairlead lint` and `./fairlead check workflows` cannot look for holes in the workflows.',
  },
  {
    name: 'semgrep',
    asks: ['--version', '--disable-version-check'],
    without: '`./fairlead sast` cannot look at the code.',
  },
]

/** The release that a requirements.txt names. Without a hash pip would take whatever the index gives. */
export function readRequirements(text: string, name: string): string {
  const entries = text.replaceAll('\\\n', ' ').split('\n').filter(isEntry)
  const careless = entries.find(entry => !/^[\w.-]+==[^\s;]+[^#]*\s--hash=sha256:[0-9a-f]{64}/.test(entry))
  if (careless !== undefined)
    throw new Error(`requirements.txt: expected "<name>==<release> --hash=sha256:…", got "${careless.trim()}"`)
  const release = entries.map(entry => /^(\S+)==([^\s;]+)/.exec(entry)).find(match => match?.[1] === name)?.[2]
  if (release === undefined) throw new Error(`requirements.txt: expected a line "${name}==<release>"`)
  return release
}

const isEntry = (line: string) => !/^\s*(#|$)/.test(line)
