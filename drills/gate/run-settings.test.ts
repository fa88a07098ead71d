import { expect, test } from 'vitest'
import { loadSettings } from '../../helpers/core/config/load.ts'
import { settingsOfRun } from '../../helpers/run/run-settings.ts'

test('the specs see no password and no CONFIRM', () => {
  const settings = loadSettings('/nowhere', {
    ...{ TARGET: 'prod', MODE: 'apply', CONFIRM: 'shop', BACKUP_EVIDENCE: 'snapshot 7' },
    DATABASE_URL: 'mysql://me:s3cret@db.example/shop',
  })
  const seen = settingsOfRun(settings)
  expect(JSON.stringify(seen)).not.toMatch(/s3cret|mysql:/)
  expect(Object.keys(seen)).not.toContain('DATABASE_URL')
  expect(Object.keys(seen)).not.toContain('CONFIRM')
  expect(seen).toMatchObject({ BACKUP_EVIDENCE: 'snapshot 7', SEED: settings.SEED, PROBE: settings.PROBE })
})
