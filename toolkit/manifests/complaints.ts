/** One thing that kubeconform says against one object. `field` is the last name of the path that it is about, when it has one. */
export type Complaint = { kind: string; name: string; field?: string; message: string }

/** Reads kubeconform's lines; one that says several things at once becomes several complaints. */
export function readComplaints(stdout: string): Complaint[] {
  return stdout
    .split('\n')
    .filter(line => line.trim() !== '')
    .flatMap(readLine)
}

function readLine(line: string): Complaint[] {
  const [, kind = '', name = '', rest = line] =
    / - (\S+) (\S+) (?:is invalid|failed validation|has an error):? ?(.*)$/.exec(line) ?? []
  const [first = '', ...problems] = rest.split(/ - (?=at ')/)
  if (problems.length === 0) return [{ kind, name, message: first }]
  return problems.map(message => ({ kind, name, message, ...fieldOf(message) }))
}

function fieldOf(message: string): { field?: string } {
  const unknown = /additional properties '([^']+)'/.exec(message)?.[1]
  const field =
    unknown ??
    /^at '([^']*)'/
      .exec(message)?.[1]
      ?.split('/')
      .findLast(part => !/^\d*$/.test(part))
  return field === undefined ? {} : { field }
}
