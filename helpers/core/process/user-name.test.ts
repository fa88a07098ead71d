import { userInfo } from 'node:os'
import { expect, test } from 'vitest'
import { userName } from './user-name.ts'

test('a user has a name, and a uid without one, as in many a container, is no reason to fail', () => {
  expect(userName()).toBe(userInfo().username)
  const throwing = () => {
    throw new Error('uv_os_get_passwd returned ENOENT')
  }
  expect(userName(throwing)).toBe(`uid ${process.getuid?.()}`)
})
