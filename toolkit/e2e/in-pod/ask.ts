// One question: ask.ts <url>. Prints the status and the body of the answer; exits 1 when there is none.
const [url = ''] = process.argv.slice(2)
const answer = await fetch(url, { signal: AbortSignal.timeout(20_000) })
process.stdout.write(`${JSON.stringify({ status: answer.status, body: await answer.text() })}\n`)
