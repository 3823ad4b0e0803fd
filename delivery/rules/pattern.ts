import { RE2JS } from 're2js'

/** Flux sends no longer text; beyond it the time for one message would have no bound. */
export const TEXT_LIMIT = 39_000
/** Time grows with the size of the compiled pattern, which counted repeats such as `(.{1,1000}){100}` inflate. */
const SIZE_LIMIT = 1000

/** Throws a sentence when the pattern is none, or too large. RE2 has no backtracking, so that no text makes it hang. */
export function compilePattern(pattern: string): (text: string) => boolean {
  const compiled = compile(pattern)
  if (compiled.programSize() > SIZE_LIMIT)
    throw new Error(
      `expected a smaller pattern (${compiled.programSize()} steps, at most ${SIZE_LIMIT}); lower its counted repeats`,
    )
  return text => compiled.test(text.length > TEXT_LIMIT ? text.slice(0, TEXT_LIMIT) : text)
}

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern)
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new Error(`expected a regular expression in RE2 syntax (no look-around, no back-references), got ${reason}`, {
      cause,
    })
  }
}
