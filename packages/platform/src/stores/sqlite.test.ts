import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { storeContract } from '@parzen/core/testing'
import { afterAll } from 'vitest'
import { seriesContract } from './series.contract.js'
import { sqliteStore } from './sqlite.js'

const folder = mkdtempSync(join(tmpdir(), 'parzen-store-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

storeContract('sqlite', (key) => sqliteStore(join(folder, `${key}.db`)), { persistent: true })
storeContract('sqlite, power', (key) => sqliteStore(join(folder, `power-${key}.db`), { durability: 'power' }), {
  persistent: true,
})
seriesContract('sqlite', (key) => sqliteStore(join(folder, `${key}.db`)), { persistent: true })
