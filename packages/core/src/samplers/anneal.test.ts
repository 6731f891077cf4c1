import { anneal } from './anneal.js'
import { samplerContract } from './sampler.contract.js'

samplerContract('anneal', anneal, { objectives: 'one' })
