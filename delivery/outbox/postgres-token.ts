/** One lease of one delivery. Its number grows with every claim, so no token fits twice. */
export type Lease = { position: number; lease: number; ordered: boolean; destination: string }

export const toToken = ({ position, lease, ordered, destination }: Lease) =>
  `${position}.${lease}.${ordered ? 'ordered' : 'free'}.${destination}`

/** Undefined for a token that was not made here. */
export function parseToken(token: string): Lease | undefined {
  const parts = /^(\d{1,15})\.(\d{1,9})\.(ordered|free)\.(.+)$/s.exec(token)
  if (parts === null) return undefined
  const [, position, lease, order, destination = ''] = parts
  return { position: Number(position), lease: Number(lease), ordered: order === 'ordered', destination }
}
