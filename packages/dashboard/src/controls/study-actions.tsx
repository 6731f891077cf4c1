import type { StudySummary } from '@parzen/core'
import { useState } from 'react'
import { ApiError, send, studyPath } from '../live/api.js'
import { StateBadge } from './parts.js'

/** How the study stands, and the buttons that change it. */
export function StudyActions({ name, summary }: { name: string; summary: StudySummary }) {
  const [said, setSaid] = useState('')
  const ask = async (work: Promise<{ done: boolean }>, what: string) => {
    try {
      const { done } = await work
      setSaid(done ? what : 'there was nothing to do')
    } catch (error) {
      setSaid(error instanceof ApiError ? error.message : String(error))
    }
  }
  const isRunning = summary.state === 'running' || summary.state === 'open' || summary.state === 'interrupted'
  return (
    <div className="actions">
      <StateBadge state={summary.state} />
      {isRunning && (
        <button
          type="button"
          onClick={() => ask(send('stop', studyPath(name, '/stop'), {}), 'no new trials are started')}
        >
          Stop
        </button>
      )}
      {summary.state === 'stopped' && (
        <button
          type="button"
          onClick={() => ask(send('resume', studyPath(name, '/resume'), undefined), 'trials may start again')}
        >
          Resume
        </button>
      )}
      <span role="status" className="dim">
        {said}
      </span>
    </div>
  )
}
