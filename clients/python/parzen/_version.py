"""Of this package; `sdk.json` in a trial's folder says it."""

VERSION = "0.1.0"
