export { lineSpec } from './journal/line-spec.contract.js'
export { type StoreTraits, storeContract } from './journal/store.contract.js'
export { type SamplerTraits, samplerContract } from './samplers/sampler.contract.js'
