import { summarize, type TrialRow } from '@parzen/core'
import { lazy, Suspense, useEffect, useMemo } from 'react'
import type { ReportContent } from '../../platform/src/http/contract/report.js'
import { FilterBar } from './controls/filter-bar.js'
import { Empty, Failure, Link } from './controls/parts.js'
import { StudyActions } from './controls/study-actions.js'
import { type LiveStudy, useLiveStudy } from './live/live-study.js'
import { useMetrics } from './live/metrics.js'
import { report } from './live/report.js'
import { rowsOf } from './live/rows.js'
import type { StudyPage } from './pages/page.js'
import { studyPages } from './pages/registry.js'
import { StudiesPage } from './pages/studies.js'
import { StudiesComparePage } from './pages/studies-compare.js'
import { useAddress } from './state/address.js'
import { parseFilter } from './state/filter.js'

/** Its own piece of the bundle: it brings a reader of YAML. */
const NewPage = lazy(() => import('./pages/new.js').then((module) => ({ default: module.NewPage })))

export function App() {
  const { study, page } = useAddress()
  useEffect(() => {
    document.title = study ? `${study} – Parzen` : 'Parzen'
  }, [study])
  return (
    <>
      <a className="skip" href="#main">
        to the content
      </a>
      <header className="top">
        <Link to={{}} className="logo">
          <img src="/icon.svg" alt="" width="24" height="24" /> Parzen
        </Link>
        {study && <h1>{study}</h1>}
        {report && <ReportLine report={report} />}
      </header>
      {study ? (
        <Study key={study} name={study} />
      ) : page === 'new' ? (
        <Suspense fallback={<main id="main" />}>
          <NewPage />
        </Suspense>
      ) : page === 'compare' ? (
        <StudiesComparePage />
      ) : (
        <StudiesPage />
      )}
    </>
  )
}

function ReportLine({ report: { madeAt, leftOut } }: { report: ReportContent }) {
  return (
    <details className="report">
      <summary>report of {new Date(madeAt).toLocaleString()}</summary>
      <ul>
        {leftOut.map((what) => (
          <li key={what}>{what}</li>
        ))}
      </ul>
    </details>
  )
}

function Study({ name }: { name: string }) {
  const loaded = useLiveStudy(name)
  const { page = 'overview' } = useAddress()
  // biome-ignore lint/correctness/useExhaustiveDependencies: of the page the study is opened with
  useEffect(() => studyPages[page]?.ahead?.(name), [name])
  if (loaded === 'loading')
    return (
      <main id="main">
        <Empty>reading the study …</Empty>
      </main>
    )
  if ('error' in loaded)
    return (
      <main id="main">
        <Failure error={loaded.error} />
      </main>
    )
  return <StudyFrame name={name} live={loaded.live} />
}

function StudyFrame({ name, live }: { name: string; live: LiveStudy }) {
  const address = useAddress()
  const { state, isLate } = live
  const { page: wanted = 'overview', filter = '', chosen = '' } = address
  const current = (studyPages[wanted] ?? studyPages['overview']) as StudyPage
  const known = useMemo(() => rowsOf(state), [state])
  const { rows, metrics } = useMetrics(name, { state, rows: known, address, offers: current.offersMetrics === true })
  const { shown, problem } = useMemo(() => filtered(rows, filter), [rows, filter])
  const summary = useMemo(() => summarize(state), [state])
  const Page = current.page
  return (
    <div className="study">
      <nav aria-label="pages of the study">
        {Object.entries(studyPages).map(
          ([key, { title, isHidden }]) =>
            !isHidden && (
              <Link
                key={key}
                to={{ study: name, page: key, filter, chosen }}
                aria-current={studyPages[wanted] === studyPages[key] ? 'page' : undefined}
              >
                {title}
              </Link>
            ),
        )}
        {!report && <StudyActions name={name} summary={summary} />}
      </nav>
      <main id="main">
        {isLate && (
          <p className="notice warn" role="status">
            no word from the server; what you see may be old. Trying again …
          </p>
        )}
        <FilterBar study={name} filter={filter} problem={problem} shown={shown.length} all={rows.length} />
        <Page name={name} live={live} rows={rows} shown={shown} metrics={metrics} />
      </main>
    </div>
  )
}

/** A filter that cannot be read hides nothing. */
function filtered(rows: readonly TrialRow[], filter: string): { shown: readonly TrialRow[]; problem?: string } {
  try {
    return { shown: filter === '' ? rows : rows.filter(parseFilter(filter)) }
  } catch (error) {
    return { shown: rows, problem: (error as Error).message }
  }
}
