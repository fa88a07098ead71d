import type { Scale } from '../../../helpers/migrate/data/table-rows.ts'
import { DAY, secondsOf } from '../../../helpers/migrate/data/time.ts'

/** How many rows to make; tickets, ticket types, payments and the like follow from these. */
export interface Counts {
  readonly users: number
  readonly organizers: number
  readonly venues: number
  readonly events: number
  readonly orders: number
  /** Aimed at; the last seated ticket type may go a little above it. */
  readonly seats: number
  readonly favourites: number
  /** Aimed at; each order's request is drawn on its own. */
  readonly refunds: number
  readonly discounts: number
  readonly audits: number
  readonly banners: number
}

/** The "now" of the data. Fixed, because rows must not depend on the day they are made. */
export const NOW = secondsOf('2026-11-23 00:00:00')

/** The first instant at which an order may have been placed. */
export const FIRST_ORDER = NOW - 730 * DAY

/**
 * Orders drive the scale. The small one keeps more of the other tables than its share, because on a table of
 * a few dozen rows the planner rightly reads everything and no index can be judged.
 */
export const COUNTS: Readonly<Record<Scale, Counts>> = {
  small: {
    users: 400,
    organizers: 60,
    venues: 160,
    events: 260,
    orders: 1_000,
    seats: 2_000,
    favourites: 800,
    refunds: 260,
    discounts: 340,
    audits: 1_500,
    banners: 8,
  },
  medium: {
    users: 2_000,
    organizers: 120,
    venues: 200,
    events: 700,
    orders: 10_000,
    seats: 6_000,
    favourites: 4_000,
    refunds: 600,
    discounts: 800,
    audits: 6_000,
    banners: 10,
  },
  standard: {
    users: 20_000,
    organizers: 300,
    venues: 300,
    events: 3_000,
    orders: 100_000,
    seats: 30_000,
    favourites: 40_000,
    refunds: 4_000,
    discounts: 3_000,
    audits: 60_000,
    banners: 12,
  },
  large: {
    users: 200_000,
    organizers: 1_500,
    venues: 1_000,
    events: 25_000,
    orders: 1_000_000,
    seats: 250_000,
    favourites: 400_000,
    refunds: 40_000,
    discounts: 20_000,
    audits: 600_000,
    banners: 20,
  },
}
