// Makes a database with one event and ends. argv: database file.
import { openStore } from '../../packages/platform/dist/index.js'

const store = await openStore(process.argv[2])
await store.append('s', 0, [{ at: 1, type: 'study-resumed', by: 'a' }])
await store.close()
