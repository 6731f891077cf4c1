export * from '@parzen/core'
