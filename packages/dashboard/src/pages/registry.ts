import { askForAnalysis } from '../live/analysis.js'
import { ComparePage } from './compare.js'
import { CurvesPage } from './curves.js'
import { OverviewPage } from './overview.js'
import type { StudyPage } from './page.js'
import { ParallelPage } from './parallel.js'
import { RelationsPage } from './relations.js'
import { TrialPage } from './trial.js'
import { TrialsPage } from './trials.js'

/** The pages of a study by their name in the address; a new page is a file and a line here. */
export const studyPages: { readonly [name: string]: StudyPage } = {
  overview: { title: 'Overview', page: OverviewPage, ahead: askForAnalysis },
  trials: { title: 'Trials', page: TrialsPage, offersMetrics: true },
  curves: { title: 'Curves', page: CurvesPage },
  parallel: { title: 'Parameters', page: ParallelPage, offersMetrics: true },
  relations: { title: 'Relations', page: RelationsPage, offersMetrics: true },
  compare: { title: 'Compare', page: ComparePage },
  trial: { title: 'Trial', page: TrialPage, isHidden: true },
}
