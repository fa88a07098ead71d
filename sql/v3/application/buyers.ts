import { z } from 'zod'
import type { Buyers } from '../../../helpers/traffic/requests.ts'

const shopShape = z.object({
  buyers: z.array(z.number()).min(1),
  types: z.array(z.number()).min(1),
  users: z.array(z.number()).min(1),
})

/** Goes round a list without an end. */
const cycle = <T>(items: readonly T[]): (() => T) => {
  let at = 0
  return () => {
    const item = items[at++ % items.length]
    if (item === undefined) throw new RangeError('cycle: the list is empty')
    return item
  }
}

/** The mix of a ticket shop: much looking, some buying, and the gateway's call-back for what was bought. */
export const openBuyers = async (url: string, label: string): Promise<Buyers> => {
  const shop = shopShape.parse(await (await fetch(`${url}/api/shop`)).json())
  const [user, buyer, type, quantity] = [
    cycle(shop.users),
    cycle(shop.buyers),
    cycle(shop.types),
    cycle([1, 2, 1, 3]),
  ]
  const unpaid: string[] = []
  let bought = 0
  return {
    acknowledged: (purchase) => unpaid.push(purchase),
    kinds: [
      { name: 'events', weight: 7, make: () => ({ method: 'GET', path: '/api/events' }) },
      { name: 'featured', weight: 5, make: () => ({ method: 'GET', path: '/api/events/featured' }) },
      {
        name: 'user-orders',
        weight: 5,
        make: () => ({ method: 'GET', path: `/api/users/${user()}/orders` }),
      },
      {
        name: 'buy',
        weight: 2,
        make: () => {
          const purchase = `TRAFFIC-${label}-${++bought}`
          const body = { purchase, user: buyer(), type: type(), quantity: quantity() }
          return { method: 'POST', path: '/api/orders', body, purchase }
        },
      },
      {
        name: 'call-back',
        weight: 1,
        make: () => {
          const transaction = unpaid.shift()
          if (transaction === undefined) return undefined
          return { method: 'POST', path: '/api/payments/call-back', body: { transaction } }
        },
      },
    ],
  }
}
