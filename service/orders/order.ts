import * as v from 'valibot'

export type User = { id: string; email: string; createdAt: string }
export type Order = {
  id: string
  userId: string
  amountCents: number
  status: 'pending' | 'paid' | 'shipped' | 'cancelled'
  createdAt: string
}
/** `next` is the `before` of the next page; null on the last one. */
export type OrderPage = { orders: Order[]; next: string | null }

/** A Postgres bigint that was given out. Text, because a JSON number loses digits above 2^53. */
export const Id = v.pipe(
  v.string('expected an id: a text of digits'),
  v.check(id => /^[1-9]\d{0,18}$/.test(id) && BigInt(id) < 2n ** 63n, 'expected an id: a text of digits'),
)

export const NewUser = v.strictObject({
  // Loose on purpose: only a mail shows whether an address works. 254 is what RFC 5321, 4.5.3.1.3, leaves for it.
  email: v.pipe(
    v.string('expected an email address'),
    v.maxLength(254, 'expected at most 254 characters'),
    v.regex(/^[^\s@]+@[^\s@.]+(\.[^\s@.]+)+$/, 'expected an email address'),
  ),
})

const amountRule = 'expected a whole number of cents from 1 to 9007199254740991'
export const NewOrder = v.strictObject({
  userId: Id,
  amountCents: v.pipe(v.number(amountRule), v.safeInteger(amountRule), v.minValue(1, amountRule)),
})

const limitRule = 'expected a whole number from 1 to 100'
export const Page = v.strictObject({
  limit: v.optional(v.pipe(v.string(), v.regex(/^([1-9]\d?|100)$/, limitRule), v.transform(Number)), '20'),
  before: v.optional(Id),
})
export type Page = v.InferOutput<typeof Page>
