/** The last word of names of what nobody else is to know: `HF_TOKEN`, `WANDB_API_KEY`, `PGPASSWORD`; not `MAX_TOKENS`. */
const SECRET_NAME =
  /(^|_)(TOKEN|SECRET|PASSPHRASE|AUTH|CREDENTIAL)$|(PASSWORD|PASSWD)$|(^|_)(API|ACCESS|SECRET|PRIVATE|ACCOUNT|SIGNING)_?KEY$/i

/** Whether the value of an environment variable is a secret, as its name says; a number or a switch is none. */
export function isSecret(name: string, value: string): boolean {
  return SECRET_NAME.test(name) && value.length >= SHORTEST_SECRET && !/^(\d+|true|false)$/i.test(value)
}

/** Shorter ones stand in texts by chance. */
export const SHORTEST_SECRET = 6
