import type { Repository } from '../stores/series.js'
import type { AnalysisThread } from './analysis-thread.js'
import type { BodyOf, ParamsOf, QueryOf, ReplyOf, RouteName } from './contract.js'
import type { Caller } from './gate.js'
import type { Leases } from './leases.js'
import type { OpenStudies } from './studies.js'
import type { TokenRegister } from './token-register.js'
import type { Token, Tokens } from './tokens.js'
import type { Verifications } from './verifications.js'

/** What the calls work on. */
export interface House {
  readonly store: Repository
  readonly studies: OpenStudies
  /** Absolute; trial folders are in `<root>/studies`. */
  readonly root: string
  /** Absolute; where commands of sweeps that are sent here run. */
  readonly folder: string
  readonly version: string
  readonly allowDefine: boolean
  readonly tokens: Tokens
  readonly register: TokenRegister
  readonly leases: Leases
  readonly analyses: AnalysisThread
  readonly verifications: Verifications
  /** A fresh address that opens the dashboard once, for no longer than the token of whoever asked for it. */
  readonly link: (by?: Token) => string
  readonly now: () => number
  /** The reply of a call of this API that reads. @param path after /api/v1, with its query */
  readonly ask: (path: string) => Promise<unknown>
  /** Runs a study's trials in this process; false if it runs already. */
  readonly start: (study: string) => Promise<boolean>
  /** Sees to its end what a runner that died has left running; false if somebody else does. Default: no trials are run here. */
  readonly windDown?: (study: string) => Promise<boolean>
}

/** A checked call. */
export interface Call<N extends RouteName> {
  readonly params: ParamsOf<N>
  readonly query: QueryOf<N>
  readonly body: BodyOf<N>
  /** Of a call for anybody: nobody in particular. */
  readonly caller: Caller | undefined
  /** Names the state the reply tells of: whoever has it already is spared the reply. */
  readonly tag: (version: number | string) => void
}

export type Answers = { readonly [N in RouteName]: (call: Call<N>, house: House) => Promise<ReplyOf<N>> | ReplyOf<N> }

/** Who asked, for the journal. */
export function by({ caller }: { readonly caller: Caller | undefined }): string {
  return caller?.token.name ?? 'somebody'
}
