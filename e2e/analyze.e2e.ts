import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sweep, type Workplace, workplace } from './cli/workplace.js'

describe('a finished study', () => {
  let place: Workplace
  beforeAll(async () => {
    place = workplace({ 'sweep.yaml': sweep.replace('trials: 6', 'trials: 14') })
    expect((await place.parzen('run')).code).toBe(0)
  })
  afterAll(() => place.remove())

  it.each(['analyze', 'explain'])('parzen %s --help has a sentence, its options and examples', async (name) => {
    const { code, stdout, stderr } = await place.parzen(name, '--help')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(new RegExp(`^Usage: parzen ${name} \\[options\\].*\n\n[A-Z].*\n`))
    expect(stdout.match(/^ {2}\$ .*parzen/gm)?.length).toBeGreaterThanOrEqual(2)
  })

  it('is analyzed', async () => {
    const { code, stdout, stderr } = await place.parzen('analyze', 'line', '--noise', '0')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/^line {2}14 complete trials\n\nbest so far\n/)
    expect(stdout).toMatch(/\nwhat matters for loss\n {2}PARAMETER +BEST TENTH +ALL TRIALS\n/)
    expect(stdout).toMatch(/\n {2}noise: standard deviation 0, as given\n {2}trial \d+: .* probability of 100 %; /)
    expect(stdout).toMatch(/\n {2}MORE TRIALS +NEW BEST +GAIN +90 % WITHIN\n +10 +\d+ % /)
  })

  it('shows how the objective depends on one parameter, and on two', async () => {
    const one = await place.parzen('analyze', 'line', '--parameter', 'x')
    expect([one.code, one.stderr]).toEqual([0, ''])
    expect(one.stdout).toMatch(/^line {2}x\n\nloss {2}by a Gaussian process of 14 trials, a mean over 14 of them\n/)
    const two = JSON.parse((await place.parzen('analyze', '--parameter', 'kind', '--with', 'x', '--json')).stdout)
    const [{ axes, mean, sd }] = two.dependences
    expect(axes.map((axis: { name: string }) => axis.name)).toEqual(['kind', 'x'])
    expect([mean.length, sd.length]).toEqual(Array(2).fill(axes[0].values.length * axes[1].values.length))
    const wrong = await place.parzen('analyze', '--parameter', 'knd')
    expect(wrong.stderr).toContain('knd: expected a parameter of the space, got an unknown name. did you mean kind?')
  })

  it('is analyzed for scripts, with the keys that are promised', async () => {
    const analysis = JSON.parse((await place.parzen('analyze', '--json')).stdout)
    expect(Object.keys(analysis).sort()).toEqual(
      'bestSoFar calibration front gains importances reasonToStop study trials winner'.split(' '),
    )
    expect(analysis.importances[0].parameters.map((each: { name: string }) => each.name).sort()).toEqual([
      'kind',
      'kind.tuned.depth',
      'x',
    ])
    expect([analysis.winner, analysis.front]).toEqual([null, null])
    expect(analysis.gains.map((gain: { trials: number }) => gain.trials)).toEqual([10, 50, 100])
  })

  it('has trials that are explained', async () => {
    const { stdout } = await place.parzen('explain', '13')
    expect(stdout).toMatch(/^line {2}trial 13 {2}complete\n\n {2}why {9}(exploit|explore|between): /)
    expect(stdout).toMatch(/\n {2}known then {2}1[0-3] complete trials/)
    const first = JSON.parse((await place.parzen('explain', 'line', '0', '--json')).stdout)
    expect(first).toMatchObject({ study: 'line', trial: 0, sampler: 'random', kind: 'first', known: 0, best: null })
  })

  it('gives its best settings again', async () => {
    const { stdout } = await place.parzen('enqueue', 'line', '--best', '2', '--repeat', '3', '--json')
    const { params, queued } = JSON.parse(stdout)
    const best = JSON.parse((await place.parzen('best', '--json')).stdout)
    expect([params.length, queued]).toEqual([2, 6])
    expect(params[0]).toEqual(best.params)
    expect((await place.parzen('run', '--trials', '20')).code).toBe(0)
    const winner = JSON.parse((await place.parzen('analyze', '--json')).stdout).winner
    expect([winner.noise.source, winner.noise.sd]).toEqual(['repeats', 0])
    const both = await place.parzen('enqueue', 'line', 'x=0.5', '--best', '2')
    expect([both.code, both.stderr]).toEqual([2, 'enqueue: expected --best or values, got both\n'])
  })

  it('says what is wrong with a question', async () => {
    expect(await place.parzen('explain', 'line')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'study line: expected the number of a trial, got none. `parzen show` lists the best ones\n',
    })
    expect((await place.parzen('analyze', '--reference', '1,2')).stderr).toBe(
      '--reference: expected one number per objective of line, so 1, got 2\n',
    )
  })
})
