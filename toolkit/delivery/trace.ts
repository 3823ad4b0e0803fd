/** What a trace says about one request: whether its message was on disk before the first byte of its 202 was written. */
export type Answer = { message: string; durable: boolean }

// strace -f -y: `<pid> <time> <call>(<fd><<path>>, "<data>", …) = <result>`. A call during which another thread was seen
// comes in two lines, `… <unfinished ...>` at its start and `<... <call> resumed>… = <result>` at its end.
const started = /^(\d+) +[\d.]+ (\w+)\((\d+)<([^>]*)>(.*)$/
const resumed = /^(\d+) +[\d.]+ <\.\.\. \w+ resumed>(.*)$/

type Call = { name: string; fd: string; path: string; text: string; startedAt: number }

/**
 * Follows each message, known by the one word in it that fits `marks`: read from a connection, written to the log of the
 * ledger, and a sync of that log which started after the write and returned before the answer started. Lines are in the
 * order in which things were seen to happen.
 */
export function readTrace(lines: readonly string[], marks: RegExp): Answer[] {
  const open = new Map<string, Call>()
  const asked = new Map<string, string>()
  const writtenAt = new Map<string, number>()
  const answers: Answer[] = []
  let lastSyncStartedAt = -1

  function onStart({ name, path, fd, text }: Call) {
    if (!/^(write|writev|sendto|sendmsg)$/.test(name) || !text.includes('"HTTP/1.1 202')) return
    const message = asked.get(fd) ?? `nobody knows which, ${path}`
    const at = writtenAt.get(message)
    answers.push({ message, durable: at !== undefined && lastSyncStartedAt > at })
  }

  function onEnd({ name, fd, path, text, startedAt }: Call, at: number, result: string) {
    const [mark] = marks.exec(text) ?? []
    if (/^(read|readv|recvfrom|recvmsg)$/.test(name) && mark) asked.set(fd, mark)
    if (!path.endsWith('-wal')) return
    if (/^f(data)?sync$/.test(name) && result === '0') lastSyncStartedAt = Math.max(lastSyncStartedAt, startedAt)
    if (!/^p?write(v|64)?$/.test(name)) return
    for (const [each] of text.matchAll(new RegExp(marks, 'g'))) if (!writtenAt.has(each)) writtenAt.set(each, at)
  }

  for (const [at, line] of lines.entries()) {
    const [, pid = '', rest = ''] = resumed.exec(line) ?? []
    const [, by = '', name = '', fd = '', path = '', text = ''] = started.exec(line) ?? []
    const pending = open.get(pid)
    const call = pending ? { ...pending, text: pending.text + rest } : { name, fd, path, text, startedAt: at }
    if (call.name === '') continue
    if (!pending) onStart(call)
    if (text.endsWith('<unfinished ...>')) open.set(by, call)
    else {
      open.delete(pid)
      onEnd(call, at, /= (-?\d+)[^=]*$/.exec(call.text)?.[1] ?? '')
    }
  }
  return answers
}
