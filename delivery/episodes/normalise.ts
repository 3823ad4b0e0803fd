import { createHash } from 'node:crypto'

/** What Kubernetes makes generated names of: no vowels, no digits that look like letters. */
const generated = '[bcdfghjklmnpqrstvwxz2456789]'

/** The longer forms first. Each has a bound or a single way to match, so that no text makes it slow. */
const forms = [
  String.raw`\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?: ?(?:Z|UTC|[+-]\d\d:?\d\d))?`, // RFC 3339 and its kin
  '[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}', // UUID
  String.raw`[IWEF]\d{4} \d\d:\d\d:\d\d\.\d{1,9}`, // klog
  String.raw`\d\d:\d\d:\d\d(?:[.,]\d{1,9})?`,
  String.raw`\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?`, // address, with the port that a client happened to get
  String.raw`(?:\d{1,20}(?:\.\d{1,20})?(?:ns|us|µs|μs|ms|h|m|s))+`, // as Go prints durations: 1m0s, 2.084434647s
  String.raw`(?=[a-f]{0,127}\d)[0-9a-f]{7,128}`, // commits, digests, request ids
  String.raw`\d{4,}`, // resource versions, ports, process ids
  String.raw`(?<=-)(?:${generated}{8,10}-)?(?=[a-z]{0,4}\d)${generated}{5}`, // the end of a pod's name
]
const varying = new RegExp(String.raw`(?<![\w.])(?:${forms.join('|')})(?!\w)`, 'g')
/** Controllers print it in several ways. */
const nextRun = /next run in [^,;\n]{1,40}/g

/** The text without what differs from one telling of the same thing to the next: times, durations, addresses, ids. */
export const normalise = (text: string): string => text.replace(nextRun, 'next run').replace(varying, '#').trim()

/** What two tellings of the same thing have in common, short enough to keep. */
export const textKey = (text: string): string =>
  createHash('sha256').update(normalise(text)).digest('base64url').slice(0, 16)
