export * from '@parzen/core'
export { type Location, locate, openStore } from './stores/open.js'
export type {
  Repository,
  SeriesAppend,
  SeriesHead,
  SeriesKey,
  SeriesPage,
  SeriesStore,
} from './stores/series.js'
export { type Durability, type SqliteOptions, sqliteStore } from './stores/sqlite.js'
