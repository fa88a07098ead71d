import type { Buyers } from '../../helpers/traffic/requests.ts'

/** Buyers for the generator's own test: one looks, one buys. */
export const openBuyers = async (_url: string, label: string): Promise<Buyers> => {
  let bought = 0
  return {
    acknowledged: () => {},
    kinds: [
      { name: 'look', weight: 1, make: () => ({ method: 'GET', path: '/look' }) },
      {
        name: 'buy',
        weight: 1,
        make: () => {
          const purchase = `${label}-${++bought}`
          return { method: 'POST', path: '/buy', body: { purchase }, purchase }
        },
      },
    ],
  }
}
