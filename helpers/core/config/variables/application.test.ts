import { describe, expect, test } from 'vitest'
import { parseSettings } from '../settings.ts'

const problemOf = (raw: Record<string, string>) => {
  const parsed = parseSettings(raw)
  return 'problems' in parsed ? parsed.problems : []
}

describe('the settings of the application', () => {
  test.for([
    { APP_BASE_URL: 'http://localhost:5000' },
    { APP_BASE_URL: 'https://admin:s3cret@shop.example.org/base/' },
    { APP_ENDPOINTS: '/a' },
    { APP_ENDPOINTS: '/api/events?limit=3, /b' },
    { APP_LOG_ERRORS: '^(E|F)' },
    { DDL_WORKERS: '256', DDL_BATCH_SIZE: '10240' },
    { TRAFFIC: 'off', TRAFFIC_RATE: '200' },
  ])('take %o', (raw) => {
    expect(problemOf(raw)).toEqual([])
  })

  test.for([
    ['APP_BASE_URL', 'ftp://h', '(hidden)'],
    ['APP_BASE_URL', 'admin:s3cret@shop.example.org:5000', '(hidden)'],
    ['APP_ENDPOINTS', 'api/events', 'api/events'],
    ['APP_ENDPOINTS', '/a,,/b', '/a,,/b'],
    ['APP_LOG_ERRORS', '(', '('],
    ['APP_MAX_MS', '0', '0'],
    ['TRAFFIC', 'yes', 'yes'],
    ['TRAFFIC_RATE', '201', '201'],
    ['DDL_WORKERS', '257', '257'],
    ['DDL_BATCH_SIZE', '31', '31'],
  ] as const)('refuse %s=%s', ([variable, value, shown]) => {
    expect(problemOf({ [variable]: value })).toEqual([
      { variable, value: shown, allowed: expect.any(String) },
    ])
  })
})
