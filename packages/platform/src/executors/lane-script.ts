import type { Job } from './executor.js'
import { MARKER } from './process-tree.js'
import { quote } from './quote.js'

/**
 * The shell that runs attempts, one after the other: POSIX `sh` reading what follows from its standard input, builtins
 * only where there is /proc. It leads a process group of its own and outlives the runner: at the end of its input, which
 * comes when the runner dies, it finishes the attempt it is at.
 *
 * HUP, INT and TERM are caught, not ignored: caught signals are back to their default in the command.
 */
export const prelude = `
trap : HUP INT TERM
parzen_identify() {
  if read -r parzen_stat </proc/$$/stat; then
    set -- \${parzen_stat##*) }
    parzen_start=\${20}
    read -r parzen_boot </proc/sys/kernel/random/boot_id
  else
    parzen_start=$(LC_ALL=C ps -o lstart= -p $$)
    parzen_boot=-
  fi
  parzen_me="$$ $parzen_boot $parzen_start"
}
parzen_identify
parzen_claim() {
  set -C
  echo "$parzen_me" >"$parzen_folder/claim"
  parzen_status=$?
  set +C
  return $parzen_status
}
`

/**
 * What a lane is sent to run an attempt; it answers with a newline when it is done.
 *
 * 1. Claims the attempt by creating `claim` exclusively: whoever comes second runs nothing. The claim says which process
 *    the lane is (pid, boot, start time), so that a pid used again is never mistaken for it.
 * 2. Runs the command in the foreground (in the background a shell would make it ignore SIGINT) in a subshell that
 *    replaces itself; its EXIT trap speaks only if it could not.
 * 3. Appends to the claim how it ended. One short write: a line without its newline is torn and counts as none, which
 *    saves the process that a rename would take. The one who kills appends there too; the first of them decides.
 *
 * All in one pair of braces: a shell that gets only the beginning runs nothing.
 */
export function attemptScript(job: Job): string {
  const environment = { ...job.environment, PARZEN_ATTEMPT_KEY: job.key, [MARKER]: job.folder }
  const exports = Object.entries(environment).map(([name, value]) => `${name}=${word(value)}`)
  return `{
parzen_folder=${word(job.folder)}
if parzen_claim; then
(trap 'echo unstartable >>"$parzen_folder/claim"' EXIT
exec </dev/null >"$parzen_folder/stdout.log" 2>"$parzen_folder/stderr.log"
cd ${word(job.workingFolder)} || exit
export ${exports.join(' ')}
exec ${job.argv.map(word).join(' ')})
echo "exit $?" >>"$parzen_folder/claim"
fi
echo
}
`
}

function word(text: string): string {
  return text === '' ? "''" : quote(text)
}
