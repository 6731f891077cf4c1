/**
 * The shell program between the runner and the user's command: POSIX `sh`, builtins only where there is /proc, and no
 * second process of its own beside the command. Arguments: attempt folder, then the command.
 *
 * 1. Claims the attempt by creating `claim` exclusively: whoever comes second exits with 125 and runs nothing. The
 *    claim says which process this is (pid, boot, start time), so that a pid used again is never mistaken for it.
 * 2. Runs the command in the foreground (in the background a shell would make it ignore SIGINT) in a subshell that
 *    replaces itself; its EXIT trap speaks only if it could not.
 * 3. Appends to its claim how it ended. One short write: a line without its newline is torn and counts as none, which
 *    saves the process that a rename would take. The one who kills appends there too; the first of them decides.
 *
 * HUP, INT and TERM are caught, not ignored: caught signals are back to their default in the command.
 */
export const shim = `
folder=$1; shift
trap : HUP INT TERM
identify() {
  if read -r stat </proc/$$/stat; then
    set -- \${stat##*) }; start=\${20}; read -r boot </proc/sys/kernel/random/boot_id
  else
    start=$(LC_ALL=C ps -o lstart= -p $$); boot=-
  fi
}
identify 2>/dev/null
set -C
echo "$$ $boot $start" >"$folder/claim" || exit 125
set +C
(trap 'echo unstartable >>"$folder/claim"' EXIT; exec "$@" >"$folder/stdout.log" 2>"$folder/stderr.log")
echo "exit $?" >>"$folder/claim"
`

/** What the shim exits with when the attempt is not its to run. */
export const CLAIMED_BY_ANOTHER = 125
