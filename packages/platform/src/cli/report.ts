import { writeFileSync } from 'node:fs'
import type { Study } from '@parzen/core'
import type { Command } from 'commander'
import { type Ask, reportContent } from '../http/report-content.js'
import { reportPage } from '../http/report-page.js'
import { type Cli, command } from './command.js'
import { count } from './format/number.js'
import { type Opened, pickStudy, whoAmI, withExistingStore } from './open.js'

interface Options {
  store?: string
  output?: string
}

export function reportCommand(cli: Cli, version: string): Command {
  return command({
    usage: 'report [study]',
    summary: 'The dashboard of a study in one file, which opens without a server.',
    examples: [
      ['parzen report digits -o digits.html', 'to keep, or to send to somebody'],
      ['parzen report', 'of the only study, named after it'],
    ],
  })
    .option('-o, --output <file>', 'default: the name of the study with .html')
    .action(async (name: string | undefined, options: Options) => {
      await withExistingStore(options.store, async (opened) => {
        const study = await pickStudy(opened.store, name)
        const output = options.output ?? `${study.name}.html`
        const page = await withAnswers(
          opened,
          { worker: whoAmI(cli.environment), version, note: cli.terminal.note },
          async (ask) =>
            reportPage(await reportContent(study.state, { name: study.name, ask, madeAt: Date.now(), version })),
        )
        writeFileSync(output, page)
        cli.terminal.note(`${output}: ${told(study)}, ${(page.length / 1e6).toFixed(1)} MB`)
      })
    })
}

function told({ name, state }: Study): string {
  return `${count(state.trials.length, 'trial')} of ${name}`
}

/** What the pages are told is what a server tells: one of this process's own answers, on a port that nobody else learns of. */
async function withAnswers<T>(
  opened: Opened,
  {
    note,
    worker,
    version,
  }: { readonly note: (text: string) => void; readonly worker: string; readonly version: string },
  work: (ask: Ask) => Promise<T>,
): Promise<T> {
  const { listen } = await import('../http/listen.js')
  const server = await listen({
    ...opened,
    worker,
    version,
    port: 0,
    isPrivate: true,
    start: async () => false,
    onError: (error, where) => note(`${where}: ${String(error)}`),
  })
  try {
    return await work(async (path) => {
      const response = await fetch(`${server.url}/api/v1${path}`, {
        headers: { authorization: `Bearer ${server.token}` },
      })
      if (!response.ok) throw new Error(`${path}: ${await response.text()}`)
      return response.json()
    })
  } finally {
    await server.close()
  }
}
