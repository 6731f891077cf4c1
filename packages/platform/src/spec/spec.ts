import type { Cause, Json, StudySpec } from '@parzen/core'

/** How to run a trial: what `StudySpec.job` holds. Plain JSON. */
export interface JobSpec {
  /** A list is run without a shell; a string goes through `/bin/sh -c`. Placeholders are still in it. */
  readonly command: string | readonly string[]
  /** Absolute; where the command runs: the folder of the sweep file. */
  readonly folder: string
  readonly executor: string
  readonly timeoutSeconds?: number
  /** Between TERM and KILL. */
  readonly graceSeconds: number
  /** Retries by cause; see `runner/retry.ts` for what is left out. */
  readonly retries: { readonly [C in Cause]?: number }
  readonly resources: { readonly cpus: number; readonly gpus: number }
  /** GPU ids to hand out; found with `nvidia-smi` if left out. */
  readonly devices?: readonly string[]
  readonly metrics: MetricSources
  readonly environment: { readonly [name: string]: string }
  /** `power`: every commit also survives a power cut. */
  readonly durability: 'process' | 'power'
  /** Whether the log folder for TensorBoard is written as the study runs; it is if left out. */
  readonly tensorboard?: boolean
  /** Whether CPU, memory and GPU use of each attempt are measured; they are if left out. */
  readonly systemMetrics?: boolean
}

export interface MetricSources {
  /** A regular expression with named groups, matched against each line of standard output; a group named `step` is the step. */
  readonly stdout?: string
  /** Whether lines of JSON objects on standard output are metrics. */
  readonly jsonLines: boolean
  readonly tensorboard?: EventFiles
}

/** Event files that the command writes for TensorBoard. */
export interface EventFiles {
  /**
   * Where they are, with all below it: relative to the attempt's own folder, or if it begins with ./ or ../ to where the
   * command runs. May have placeholders, and `*` for a folder of any name.
   */
  readonly folder: string
  /** The tag of a metric, where it is not the metric's name. */
  readonly tags: { readonly [metric: string]: string }
}

/** A checked sweep file. */
export interface Sweep {
  readonly study: StudySpec
  readonly job: JobSpec
  /** Earlier studies to begin with. */
  readonly from: readonly SourceName[]
}

/** An earlier study, by name. */
export interface SourceName {
  readonly study: string
  /** Where it is; default: where the sweep's own study is. */
  readonly store?: string | undefined
  /** The same metric on the same data: its results count as this study's own. */
  readonly comparable?: boolean | undefined
}

/** The job of a study that `parzen run` made. */
export function jobOf(study: StudySpec): JobSpec {
  return study.job as unknown as JobSpec
}

/** As plain JSON, for `StudySpec.job`. */
export function asJson(job: JobSpec): Json {
  return JSON.parse(JSON.stringify(job)) as Json
}
