import { z } from 'zod'
import { HarnessError } from '../core/errors/harness-error.ts'
import { isRefusedByServer } from '../core/errors/server-error.ts'
import { haveTableInCommon, readTableIds, tableIdsShape } from '../core/schema/table-ids.ts'
import type { ReadSession, ServerAddress } from '../core/server/session.ts'

const placeShape = z.object({
  host: z.string(),
  port: z.number(),
  /** The number of the cluster, where it tells one and the account may read it. */
  clusterId: z.string().optional(),
  tableIds: tableIdsShape,
})
/** Where a permit holds: an address, and what stood behind it when it was given. */
export type PermittedPlace = z.infer<typeof placeShape>

// Later lines keep it in mysql.tidb; an account of sql/grants.sql may not read it, and then the tables tell.
const readClusterId = async (session: ReadSession): Promise<string | undefined> => {
  try {
    const rows = await session.rows(
      z.object({ id: z.coerce.string() }),
      "SELECT VARIABLE_VALUE AS id FROM mysql.tidb WHERE VARIABLE_NAME = 'cluster_id'",
    )
    return rows[0]?.id
  } catch (error) {
    if (isRefusedByServer(error)) return undefined
    throw error
  }
}

/** What stands behind an address now. */
export const readPlace = async (
  session: ReadSession,
  { host, port }: ServerAddress,
): Promise<PermittedPlace> => {
  const clusterId = await readClusterId(session)
  return {
    ...{ host, port, tableIds: await readTableIds(session) },
    ...(clusterId === undefined ? {} : { clusterId }),
  }
}

const isOtherCluster = (permitted: PermittedPlace, now: PermittedPlace): boolean =>
  permitted.clusterId !== undefined && now.clusterId !== undefined && permitted.clusterId !== now.clusterId

/** Throws PERMIT_OF_ANOTHER_PLACE where a connection leads elsewhere than the permit was given for. */
export const assertPermittedPlace = (permitted: PermittedPlace, now: PermittedPlace): void => {
  const isSameAddress = permitted.host === now.host && permitted.port === now.port
  const hasTables = permitted.tableIds.length > 0
  const isSameDatabase = !hasTables || haveTableInCommon(permitted.tableIds, now.tableIds)
  if (isSameAddress && isSameDatabase && !isOtherCluster(permitted, now)) return
  throw new HarnessError('PERMIT_OF_ANOTHER_PLACE', {
    what: `The permit is for the database behind ${permitted.host}:${permitted.port}; this connection leads to ${
      isSameAddress ? 'another one behind the same address' : `${now.host}:${now.port}`
    }.`,
    why: 'Another cluster stands there now, or a copy that was restored. No further step is sent; what is done stays done.',
    next: 'Find out what moved (a fail-over, DNS, a balancer), and begin again with MODE=check.',
  })
}
