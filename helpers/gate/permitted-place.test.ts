import { expect, test } from 'vitest'
import { assertPermittedPlace } from './permitted-place.ts'

const permitted = { host: 'db', port: 4000, clusterId: '7', tableIds: [{ name: 'Order', id: '5' }] }

test.each([
  ['the same place', {}],
  [
    'one table was made anew',
    {
      tableIds: [
        { name: 'order', id: '5' },
        { name: 'Item', id: '99' },
      ],
    },
  ],
  ['the account may not read the id of the cluster', { clusterId: undefined }],
])('holds: %s', (_, change) => {
  const { clusterId, ...now } = { ...permitted, ...change }
  const place = clusterId === undefined ? now : { ...now, clusterId }
  expect(() => assertPermittedPlace(permitted, place)).not.toThrow()
})

test.each([
  ['another host', { host: 'db2' }, /leads to db2:4000/],
  ['another port', { port: 4001 }, /leads to db:4001/],
  ['another cluster', { clusterId: '8' }, /another one behind the same address/],
  ['a copy that was restored', { tableIds: [{ name: 'Order', id: '6' }] }, /another one behind the same/],
])('refuses: %s', (_, change, says) => {
  expect(() => assertPermittedPlace(permitted, { ...permitted, ...change })).toThrow(says)
})
