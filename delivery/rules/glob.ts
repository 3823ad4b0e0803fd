/**
 * A matcher for a pattern in which `*` stands for any characters, none included. It looks for the pieces between the
 * stars from left to right, so that no pattern takes more than the length of the text.
 */
export function compileGlob(pattern: string): (text: string) => boolean {
  const pieces = pattern.split('*')
  const first = pieces[0] ?? ''
  if (pieces.length === 1) return text => text === pattern
  const last = pieces.at(-1) ?? ''
  const middle = pieces.slice(1, -1).filter(piece => piece !== '')
  return text => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false
    let from = first.length
    const end = text.length - last.length
    for (const piece of middle) {
      const at = text.indexOf(piece, from)
      if (at < 0 || at + piece.length > end) return false
      from = at + piece.length
    }
    return true
  }
}
