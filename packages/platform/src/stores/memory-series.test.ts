import { memoryRepository } from './memory-series.js'
import { seriesContract } from './series.contract.js'

seriesContract('memory', async () => memoryRepository(), { persistent: false })
