/** The name this template had before anybody renamed it. In two words, so that `init` does not rename it here as well. */
export const templateName = ['hello', 'world'].join('-')
const templateOwner = 'acme'

/** shop-api → shop_api, ShopApi, shopApi, SHOP_API, Shop Api, and itself first. */
export function spellingsOf(name: string): string[] {
  const words = name.split('-').filter(word => word !== '')
  const capitals = words.map(word => word.charAt(0).toUpperCase() + word.slice(1))
  const pascal = capitals.join('')
  const snake = name.replaceAll('-', '_')
  return [
    name,
    snake,
    pascal,
    pascal.charAt(0).toLowerCase() + pascal.slice(1),
    snake.toUpperCase(),
    capitals.join(' '),
  ]
}

/** Rewrites every spelling of the template's name, and the repository it stands for, in one pass over a text or a path. */
export function createRenamer(name: string, repository = `${templateOwner}/${name}`): (text: string) => string {
  const target = spellingsOf(name)
  const placeholder = `${templateOwner}/${templateName}`
  const pairs = new Map([
    [`ghcr.io/${placeholder}`, `ghcr.io/${repository.toLowerCase()}`], // an image reference has no capitals
    [placeholder, repository],
    ...spellingsOf(templateName).map((from, index): [string, string] => [from, target[index] ?? name]),
  ])
  // In this order: at one place the longer spelling comes first.
  const pattern = new RegExp([...pairs.keys()].join('|'), 'g')
  return text => text.replace(pattern, found => pairs.get(found) ?? found)
}

/** Chart, metric and Kubernetes names are built from it with suffixes and must stay within 63 characters. */
export function nameMistake(name: string, taken: ReadonlySet<string>): string | undefined {
  const rule = 'expected 2 to 40 of a-z, 0-9 and -, starting with a letter and not ending in -'
  if (!/^[a-z][a-z0-9-]{0,38}[a-z0-9]$/.test(name)) return `--name: ${rule}, got "${name}"`
  if (name === templateName) return `--name: "${name}" is the name it has now`
  if (taken.has(name) || name.startsWith('kube-'))
    return `--name: "${name}" already means something here; choose another`
  return undefined
}

export function repositoryMistake(repository: string): string | undefined {
  if (/^[A-Za-z0-9][A-Za-z0-9-]{0,38}\/(?!\.{1,2}$)[\w.-]{1,100}$/.test(repository)) return undefined
  return `--repository: expected owner/name, such as acme/shop-api, got "${repository}"`
}
