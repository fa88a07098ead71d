import { z } from 'zod'
import type { Ask } from './requests.ts'

/** What came of a request: the status and whole body of an answer, or in words why there is none. */
export type Reply = { readonly status: number; readonly body: string } | { readonly problem: string }

const acknowledgementShape = z.object({ purchase: z.string() })
const shownOfBody = 300

const isSuccess = (status: number) => status >= 200 && status <= 299

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const replyFault = ({ purchase }: Ask, body: string): string | undefined => {
  const answer = parseJson(body)
  if (answer === undefined) return 'the answer is no JSON'
  // An application may well say that it failed with a 200. Its word counts only when it names what it made.
  if (purchase !== undefined && acknowledgementShape.safeParse(answer).data?.purchase !== purchase)
    return 'the answer does not name its purchase'
  return undefined
}

/** What is wrong with a reply, in words; undefined when it is a good answer: 2xx and JSON, and names its purchase. */
export const problemOf = (ask: Ask, reply: Reply): string | undefined => {
  if ('problem' in reply) return reply.problem
  const shown = reply.body.slice(0, shownOfBody)
  if (!isSuccess(reply.status)) return `${reply.status}: ${shown}`
  const wrong = replyFault(ask, reply.body)
  return wrong === undefined ? undefined : `${reply.status}, but ${wrong}: ${shown}`
}
