import type { Database, Sql } from '../database.ts'
import type { Order, OrderPage, Page, User } from './order.ts'

/** Users and orders in Postgres. What is not there is undefined, never an error. */
export function createStore(database: Database) {
  return {
    /** Undefined when the email is taken, whatever its case. */
    async createUser(email: string): Promise<User | undefined> {
      const insert = (sql: Sql) => sql<User[]>`
        insert into users (email) values (${email})
        on conflict do nothing
        returning id::text, email, created_at as "createdAt"`
      return (await database.run('INSERT users', insert))[0]
    },

    /** Undefined when there is no such user. */
    async createOrder(userId: string, amountCents: number): Promise<Order | undefined> {
      const insert = (sql: Sql) => sql<Order[]>`
        insert into orders (user_id, amount_cents)
        select id, ${amountCents} from users where id = ${userId}
        returning ${columns(sql)}`
      return (await database.run('INSERT orders', insert))[0]
    },

    async findOrder(id: string): Promise<Order | undefined> {
      const select = (sql: Sql) => sql<Order[]>`select ${columns(sql)} from orders where id = ${id}`
      return (await database.run('SELECT orders', select))[0]
    },

    /** Newest first, from below the id `before`. Undefined when there is no such user. */
    async listOrders(userId: string, { limit, before }: Page): Promise<OrderPage | undefined> {
      // The outer join keeps one row of nulls for a user without orders, and none for an unknown user. One row more than
      // the page holds shows whether there is a next one.
      const select = (sql: Sql) => sql<(Order | { id: null })[]>`
        select ${columns(sql)} from users left join lateral (
          select * from orders where user_id = users.id ${before ? sql`and id < ${before}` : sql``}
          order by id desc limit ${limit + 1}
        ) orders on true
        where users.id = ${userId} order by orders.id desc`
      const rows = await database.run('SELECT users orders', select)
      if (rows.length === 0) return undefined
      const found = rows.filter(row => row.id !== null)
      const orders = found.slice(0, limit)
      return { orders, next: found.length > limit ? (orders.at(-1)?.id ?? null) : null }
    },
  }
}

// The cast to float8 gives a number: amounts are safe integers by the rule of order.ts.
const columns = (sql: Sql) => sql`
  orders.id::text, orders.user_id::text as "userId", orders.amount_cents::float8 as "amountCents", orders.status,
  orders.created_at as "createdAt"`
