import { trafficLog } from '../helpers/core/record/traffic.ts'
import { checkTraffic } from '../helpers/run/checks/check-traffic.ts'
import { forEach, section } from '../helpers/run/section.ts'
import { calm, underTraffic } from '../helpers/traffic/drive.ts'
import { liveTraffic } from '../helpers/traffic/live.ts'
import { judgeDowntime } from '../helpers/traffic/no-downtime.ts'
import { reasonWithoutTraffic } from '../helpers/traffic/scope.ts'
import { checkEndpoint, nameEndpoints } from '../helpers/verify/application/check-endpoint.ts'
import { assertNoErrors, readLogErrors } from '../helpers/verify/application/log.ts'

const application = section('application', {
  needs: ['constraints'],
  modes: ['rehearse', 'check', 'apply'],
})
const { check, context, migration, run } = application
const { APP_BASE_URL, APP_ENDPOINTS, APP_MAX_MS, APP_LOG, APP_LOG_ERRORS } = context.settings
const reason = reasonWithoutTraffic(application)

const baseUrl = async (): Promise<string> => APP_BASE_URL ?? (await liveTraffic(application)).url

const endpoints =
  APP_BASE_URL === undefined && migration.application !== undefined
    ? migration.application.endpoints
    : APP_ENDPOINTS.split(',').map((path) => path.trim())

forEach('endpoints', nameEndpoints(endpoints), ({ name, path }) => {
  check(name, `GET ${path.split('?')[0]} answers with JSON, in time`, async ({ show, skip }) => {
    if (APP_BASE_URL === undefined && reason !== undefined)
      return skip(`APP_BASE_URL is not set; and no application of the migration: ${reason}`, 'NOT_ASKED')
    const asked = APP_BASE_URL === undefined ? 'the small application' : 'APP_BASE_URL'
    show({ asked, maxMs: APP_MAX_MS, ...(await checkEndpoint(await baseUrl(), path, APP_MAX_MS)) })
  })
})

check('log', 'the application logged no error since the run began', async ({ show, skip }) => {
  if (APP_LOG === undefined) return skip('APP_LOG is not set', 'NOT_ASKED')
  const found = readLogErrors(run, APP_LOG, APP_LOG_ERRORS)
  show(found)
  assertNoErrors(found)
  if (found.lost !== undefined) skip(`could not check: ${found.lost}`, 'COULD_NOT_CHECK')
})

check('calm', 'buyers are served after the migration', async ({ skip }) => {
  if (reason !== undefined) return skip(reason)
  await underTraffic(application, 'after', () => calm(application))
})

checkTraffic(application, ['before', 'indexes', 'constraints', 'after'])

check('no-downtime', 'the guide: no downtime', async ({ show, claim, skip }) => {
  if (reason !== undefined) return skip(reason)
  const verdict = judgeDowntime(trafficLog.read(run))
  show(verdict)
  claim(verdict)
})
