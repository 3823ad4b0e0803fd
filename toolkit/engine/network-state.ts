import { readFile, writeFile } from 'node:fs/promises'
import { run } from '../exec.ts'
import type { Context } from '../step.ts'
import { undo } from './firewall.ts'

const firewalls = ['iptables', 'ip6tables'] as const
const forwarding = '/proc/sys/net/ipv4/ip_forward'
const isBridge = (link: string) => /^(docker\d|br-[0-9a-f]{12}$|veth)/.test(link)

/** Remembers interfaces and firewall rules, so that what an engine adds can be taken back to the last one. */
export async function rememberNetwork({ env }: Context, subnet: string): Promise<() => Promise<void>> {
  // Without a signal that could end it half-way: what this takes back would stay otherwise.
  const call = (command: string, args: string[]) => run(command, args, { env })
  const save = async (name: string) => (await call(`${name}-save`, [])).stdout
  const links = await readLinks()
  const rules = await Promise.all(firewalls.map(save))
  const forwarded = await readFile(forwarding, 'utf8')

  return async () => {
    const added = (await readLinks()).filter(link => isBridge(link) && !links.includes(link))
    const isOurs = (rule: string) =>
      /\bDOCKER/.test(rule) || rule.includes(` ${subnet}.`) || added.some(link => rule.includes(link))
    for (const link of added.filter(link => !link.startsWith('veth'))) await call('ip', ['link', 'delete', link])
    for (const [index, name] of firewalls.entries()) {
      for (const args of undo(rules[index] ?? '', await save(name), isOurs)) {
        const { code, stderr } = await call(name, args)
        if (code !== 0) throw new Error(`${name} ${args.join(' ')}: ${stderr.trim()}`)
      }
    }
    await writeFile(forwarding, forwarded)
  }
}

/** Not /sys/class/net, which shows the namespace that it was mounted in. */
async function readLinks(): Promise<string[]> {
  const text = await readFile('/proc/self/net/dev', 'utf8')
  return [...text.matchAll(/^\s*([^\s:|]+):/gm)].map(([, name = '']) => name)
}
