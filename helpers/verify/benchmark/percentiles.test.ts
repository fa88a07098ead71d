import { expect, test } from 'vitest'
import { sampleTimesOf } from './percentiles.ts'

test('percentiles of 1 to 101 ms, in any order', () => {
  const samples = Array.from({ length: 101 }, (_, n) => ((n * 37) % 101) + 1)
  expect(sampleTimesOf(samples)).toEqual({ samples: 101, p50: 51, p95: 96, p99: 100, spread: 50 })
})

test('between two samples the percentile lies between them', () => {
  expect(sampleTimesOf([10, 20])).toEqual({ samples: 2, p50: 15, p95: 19.5, p99: 19.9, spread: 5 })
})

test('of one sample all are that one', () => {
  expect(sampleTimesOf([1.23456])).toEqual({ samples: 1, p50: 1.235, p95: 1.235, p99: 1.235, spread: 0 })
})
