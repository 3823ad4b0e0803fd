const TIMEOUT_MS = 20_000

/** Any answer but 2xx is an error that quotes it. */
export async function ask(url: string, options: RequestInit = {}): Promise<Response> {
  const response = await fetch(url, { ...options, signal: AbortSignal.timeout(TIMEOUT_MS) })
  if (response.ok) return response
  throw new Error(
    `${options.method ?? 'GET'} ${url} answered ${response.status}: ${(await response.text()).slice(0, 500)}`,
  )
}

/** The caller describes what it reads of the answer. */
export const askJson = async <T>(url: string, options: RequestInit = {}): Promise<T> =>
  (await (await ask(url, options)).json()) as T

export const postJson = (url: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  ask(url, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } })

export type Sample = { metric: Record<string, string>; value: [at: number, value: string] }

/** An instant query of Prometheus. */
export async function query(prometheus: string, expression: string): Promise<Sample[]> {
  const url = `${prometheus}/api/v1/query?query=${encodeURIComponent(expression)}`
  return (await askJson<{ data: { result: Sample[] } }>(url)).data.result
}
