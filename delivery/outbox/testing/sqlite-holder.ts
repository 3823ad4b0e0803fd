import { about, batch, claimAll, claimOrdered, messages, T } from '../contract/sample.ts'
import { openSqliteOutbox } from '../sqlite.ts'

// A process that borrows what is due and keeps it until it is killed: `sqlite-holder.ts <file> <append>`. The first one
// makes the messages: three for `phone`, three of one subject for `chat`, which asks for order.

const [file = '', append = 'no'] = process.argv.slice(2)
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)
const outbox = await openSqliteOutbox({ file, now: Date.now, onSetAside: say })
if (append === 'append') {
  await outbox.append(batch([...messages(3), ...messages(3, { ...about('web'), destinations: ['chat'] }, 'c')]), T)
}
const claims = [...(await claimAll(outbox, T)), ...(await claimOrdered(outbox, T, 10, 'chat'))]
const told = claims.map(({ message, attempt }) => `${message.id} ${attempt}`)
say({ msg: 'borrowed', told })
