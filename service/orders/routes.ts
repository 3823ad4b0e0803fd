import { Hono } from 'hono'
import { problem } from '../../lib/problem.ts'
import type { AppEnv, Dependencies } from '../app.ts'
import { parseBody, parseQuery, pathParameter } from '../input.ts'
import { Id, NewOrder, NewUser, Page } from './order.ts'
import { createStore } from './store.ts'

/** A sample feature: users and their orders. Copy it or delete it (README, "Delete the sample feature"). */
export function routes({ database }: Pick<Dependencies, 'database'>): Hono<AppEnv> {
  const app = new Hono<AppEnv>()
  const store = createStore(database)

  app.post('/users', async c => {
    const { email } = await parseBody(c, NewUser)
    const user = await store.createUser(email)
    return user ? c.json(user, 201) : problem(c, 409, 'a user with this email exists')
  })

  app.get('/users/:id/orders', async c => {
    const userId = pathParameter(c, 'id', Id)
    const { limit, before } = parseQuery(c, Page)
    const page = userId && (await store.listOrders(userId, { limit, before }))
    return page ? c.json(page) : problem(c, 404, 'user not found')
  })

  app.post('/orders', async c => {
    const { userId, amountCents } = await parseBody(c, NewOrder)
    const order = await store.createOrder(userId, amountCents)
    if (!order)
      return problem(c, 422, 'the input breaks a rule', { errors: [{ pointer: '#/userId', detail: 'no such user' }] })
    return c.json(order, 201, { location: `/orders/${order.id}` })
  })

  app.get('/orders/:id', async c => {
    const id = pathParameter(c, 'id', Id)
    const order = id && (await store.findOrder(id))
    return order ? c.json(order) : problem(c, 404, 'order not found')
  })

  return app
}
