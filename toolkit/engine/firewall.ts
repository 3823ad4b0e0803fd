/** What `iptables-save` prints, by table: policies of chains (`-` for one that is no built-in) and rules. */
type Tables = Map<string, { chains: Map<string, string>; rules: string[] }>

/**
 * The arguments of `iptables` that take back what an engine has added between two prints of `iptables-save`. Only rules
 * that name a chain, bridge or network of the engine (`isOurs`) count: others may have come from somebody else.
 */
export function undo(before: string, after: string, isOurs: (rule: string) => boolean): string[][] {
  const old = parse(before)
  const commands: string[][] = []
  for (const [table, { chains, rules }] of parse(after)) {
    const known = old.get(table)
    for (const rule of rules.filter(rule => isOurs(rule) && !known?.rules.includes(rule)))
      commands.push(['-t', table, '-D', ...words(rule.replace(/^-A /, ''))])
    const added = [...chains.keys()].filter(chain => isOurs(chain) && !known?.chains.has(chain))
    for (const chain of added) commands.push(['-t', table, '-X', chain])
    for (const [chain, policy] of chains) {
      const was = known?.chains.get(chain) ?? 'ACCEPT' // of a table that was not used
      if (policy !== '-' && policy !== was) commands.push(['-t', table, '-P', chain, was])
    }
  }
  return commands
}

function parse(text: string): Tables {
  const tables: Tables = new Map()
  for (const part of text.split(/^\*/m).slice(1)) {
    const [name = '', ...lines] = part.split('\n')
    const chains = lines.map(line => /^:(\S+) (\S+)/.exec(line)).filter(found => found !== null)
    tables.set(name, {
      chains: new Map(chains.map(([, chain = '', policy = '']) => [chain, policy])),
      rules: lines.filter(line => line.startsWith('-A ')),
    })
  }
  return tables
}

const words = (rule: string) => [...rule.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '')
