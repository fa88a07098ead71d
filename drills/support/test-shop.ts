import { readSnapshot } from '../../helpers/core/schema/read-snapshot.ts'
import {
  openRawWriteSession,
  openReadSession,
  type ReadSession,
  type WriteSession,
} from '../../helpers/core/server/session.ts'
import { settleStatistics } from './settle-statistics.ts'
import { withDatabase } from './test-server.ts'

const schema = `
CREATE TABLE \`Order\` (
  order_id BIGINT PRIMARY KEY,
  user_id INT,
  order_status VARCHAR(20),
  customer_email VARCHAR(100),
  created_at DATETIME,
  coupon VARCHAR(20),
  note VARCHAR(300),
  KEY idx_user_created (user_id, created_at),
  KEY idx_customer_email (customer_email),
  KEY idx_note (note(100)),
  KEY idx_hidden (order_status) INVISIBLE,
  KEY idx_lower_email ((lower(customer_email)), order_id),
  UNIQUE KEY uq_coupon (coupon)
) COLLATE utf8mb4_unicode_ci;
CREATE TABLE Item (
  item_id BIGINT PRIMARY KEY,
  order_id BIGINT NOT NULL,
  sku VARCHAR(20),
  quantity INT,
  KEY idx_order (order_id),
  KEY idx_user_created (sku)
) COLLATE utf8mb4_unicode_ci;
CREATE TABLE Visit (day INT, visitor INT, KEY idx_visitor (visitor))
  PARTITION BY RANGE (day) (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN MAXVALUE);
CREATE TABLE Seat (area INT, seat VARCHAR(9), PRIMARY KEY (area, seat) CLUSTERED);
CREATE TABLE Draft (draft_id INT PRIMARY KEY, author INT, KEY idx_author (author));
CREATE VIEW OrderView AS SELECT o.order_id, o.user_id FROM \`Order\` o;
SET SESSION cte_max_recursion_depth = 10000;
INSERT INTO \`Order\`
  WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 4000)
  SELECT n, n % 200, IF(n % 50 = 0, 'PAID', 'OPEN'), CONCAT('user', n, '@example.org'),
    '2024-01-01' + INTERVAL n MINUTE, CONCAT('coupon', n), CONCAT('note ', n) FROM s;
INSERT INTO Item SELECT order_id, order_id, CONCAT('sku', order_id % 1000), order_id % 7 FROM \`Order\`;
INSERT INTO Visit SELECT order_id % 20, order_id % 500 FROM \`Order\`;
INSERT INTO Seat SELECT order_id % 10, CONCAT('s', order_id) FROM \`Order\`;
INSERT INTO Draft SELECT order_id, order_id % 50 FROM \`Order\` WHERE order_id <= 400;
ANALYZE TABLE \`Order\`;
ANALYZE TABLE Item;
ANALYZE TABLE Visit;
ANALYZE TABLE Seat;
`

/** A small database in which each operator of EXPLAIN can be made to appear. */
export interface Shop extends AsyncDisposable {
  readonly read: ReadSession
  readonly write: WriteSession
}

/**
 * What a plan prints, without what differs from run to run: operator numbers and the padding they cause,
 * the database, row estimates (TiDB adds the rows of a load once more up to a minute after ANALYZE) and
 * statistics that are not in memory yet.
 */
export const stable = (text: string): string =>
  text
    .replace(/\b\w+\.(?=[a-z]\w*\.[a-z])/g, '')
    .replace(/_\d+\b/g, '')
    .replace(/\d+\.\d\d\b/g, 'N')
    .replace(/, stats:partial\[[^\]]*\]/g, '')
    .replace(/ {2,}(?=\S)/g, '  ')

/**
 * Makes the database on the test server; dropped on dispose.
 *
 * Draft alone has no statistics, and keeps it so: auto-analyze leaves tables under 1,000 rows alone.
 */
export const openShop = async (): Promise<Shop> => {
  await using resources = new AsyncDisposableStack()
  const { address } = resources.use(await withDatabase('query_plan'))
  const write = resources.use(await openRawWriteSession(address))
  await write.script(schema)
  const read = resources.use(await openReadSession(address))
  const { tables } = await readSnapshot(read)
  const indexes = tables.flatMap((table) => table.indexes).filter(({ table }) => table !== 'Draft')
  await settleStatistics(write, indexes)
  const kept = resources.move()
  return { read, write, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}
