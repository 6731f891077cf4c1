import { findStudy, type StudySummary, summarize } from '@parzen/core'
import type { Command } from 'commander'
import { type Cli, command } from './command.js'
import { formatAgo } from './format/duration.js'
import { formatValue } from './format/number.js'
import { type Column, table } from './format/table.js'
import { plain } from './format/width.js'
import { shortPath, withExistingStore } from './open.js'

interface Listed extends StudySummary {
  readonly archived: boolean
  /** In the dashboard, from where it comes back. */
  readonly deleted: boolean
}

export function listCommand(cli: Cli): Command {
  return command({
    usage: 'list',
    summary: 'The studies of a store, how far they are and their best values.',
    examples: [
      ['parzen list', 'the store of this folder'],
      ['parzen list --store ~/sweeps/parzen.db', 'another one'],
      ["parzen list --json | jq -r '.[].study'", 'names, for a script'],
    ],
    json: 'an array with an object a study: study owner state reason metric direction sampler trials total finished\ncomplete infeasible pruned failed running paused queued failures best{number,value} createdAt updatedAt busyMilliseconds archived deleted.',
  })
    .option('--all', 'also those that are archived or deleted')
    .action(async (options: { store?: string; json?: boolean; all?: boolean }) => {
      await withExistingStore(options.store, async ({ store, root }) => {
        const summaries: Listed[] = []
        for (const name of await store.list()) {
          const { state } = await findStudy(store, name)
          const { archived = false, deleted = false } = state.note
          summaries.push({ ...summarize(state), archived, deleted })
        }
        const { terminal } = cli
        if (options.json) return terminal.print(JSON.stringify(summaries))
        if (summaries.length === 0) {
          return terminal.print(`no studies in ${shortPath(root)} yet; \`parzen run sweep.yaml\` makes one`)
        }
        const { columns } = terminal.size()
        const shown = summaries.filter(({ archived, deleted }) => options.all || !(archived || deleted))
        const lines = studyTable(shown, { now: Date.now(), width: columns, heading: terminal.colors.dim })
        if (shown.length > 0) for (const line of lines) terminal.print(line)
        const hidden = summaries.length - shown.length
        if (hidden > 0) terminal.note(`${hidden} more: --all shows what is archived or deleted`)
      })
    })
}

const columns: readonly Column[] = [
  { title: 'STUDY', flexible: true },
  { title: 'STATE' },
  { title: 'TRIALS', align: 'right' },
  { title: 'BEST', align: 'right' },
  { title: 'METRIC', flexible: true },
  { title: 'INFEASIBLE', align: 'right' },
  { title: 'FAILED', align: 'right' },
  { title: 'UPDATED' },
]

function studyTable(
  summaries: readonly Listed[],
  { now, width, heading }: { now: number; width: number; heading?: (text: string) => string },
): string[] {
  const hasInfeasible = summaries.some(({ infeasible }) => infeasible > 0)
  const shown = columns.filter(({ title }) => hasInfeasible || title !== 'INFEASIBLE')
  const rows = summaries.map((summary) => [
    plain(summary.study),
    [summary.state, ...(summary.archived ? ['archived'] : []), ...(summary.deleted ? ['deleted'] : [])].join(', '),
    summary.total === null ? String(summary.finished) : `${summary.finished}/${summary.total}`,
    summary.best ? formatValue(summary.best.value) : '-',
    plain(summary.metric),
    ...(hasInfeasible ? [String(summary.infeasible)] : []),
    String(summary.failed),
    formatAgo(now - summary.updatedAt),
  ])
  return table(shown, rows, heading ? { width, heading } : { width })
}
