import type { Hono } from 'hono'
import type { AppEnv } from './app.ts'

/** Fixed labels for what clients may invent, so that no label grows with what they send. */
export const UNMATCHED = 'unmatched'
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const
const known = new Set<string>(METHODS)

/** The method as a label: one of seven, or `other`. */
export const methodLabel = (method: string) => (known.has(method) ? method : 'other')

/** The pattern of the route that answers (`/orders/:id`), or `unmatched`. */
export function routePattern(app: Hono<AppEnv>, method: string, target: string): string {
  return handlersOf(app, method === 'HEAD' ? 'GET' : method, pathOf(target)).at(-1) ?? UNMATCHED
}

/** The methods that a path answers, for 405 and OPTIONS; empty when the path is unknown. */
export function allowedMethods(app: Hono<AppEnv>, path: string): string[] {
  const own = METHODS.filter(method => handlersOf(app, method, path).length > 0)
  if (own.length === 0) return []
  return [...own, ...(own.includes('GET') ? ['HEAD'] : []), 'OPTIONS']
}

/** Patterns of the handlers for a request. Middleware stands on every path or takes every method; a handler does neither. */
const handlersOf = (app: Hono<AppEnv>, method: string, path: string) =>
  app.router
    .match(method, path)[0]
    .filter(([[, route]]) => route.method !== 'ALL' && route.path !== '/*')
    .map(([[, route]]) => route.path)

/** The path that Hono routes on: without the query, dot segments resolved, percent-encoding decoded. */
function pathOf(target: string): string {
  const query = target.indexOf('?')
  const path = query === -1 ? target : target.slice(0, query)
  if (!/%|\/\.|^[^/]/.test(path)) return path
  try {
    return decodeURI(new URL(path, 'http://localhost').pathname)
  } catch {
    return path // not a path that any route matches
  }
}
