// RFC 9110 5.6.7: the one form that is sent today, and two that are still to be understood. Date.parse alone would take
// nearly any text with a number in it for a date.
const dates = [
  /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/,
  /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/,
]

/** How long `Retry-After` asks to wait. Undefined when it is absent, negative, in the past or not understood. */
export function parseRetryAfter(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? ''
  const afterMs = /^\d{1,12}(\.\d+)?$/.test(text) ? Number(text) * 1000 : parseDate(text) - now
  return afterMs > 0 ? Math.ceil(afterMs) : undefined // NaN is not greater either
}

function parseDate(text: string): number {
  if (!dates.some(form => form.test(text))) return Number.NaN
  return Date.parse(text.endsWith('GMT') ? text : `${text} GMT`)
}
