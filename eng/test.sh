#!/usr/bin/env bash
# Installs what the tests need, checks the form of the code, runs all tests.
#   ./test          everything
#   ./test --fast   without the slow end-to-end tests
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

fast=false
for argument in "$@"; do
  case $argument in
    --fast) fast=true ;;
    *) echo "usage: ./test [--fast]" >&2; exit 2 ;;
  esac
done

case $(dotnet --version 2>/dev/null || true) in
  10.*) ;;
  *) echo "test: a .NET 10 SDK is needed; install it from https://dotnet.microsoft.com/download/dotnet/10.0" >&2; exit 1 ;;
esac

# Real clients that tests drive the server with, by Debian package; a test whose tool is missing reports itself as skipped.
declare -A packages=([kubectl]=kubernetes-client [python3]=python3 [curl]=curl [sqlite3]=sqlite3)
missing=()
for tool in "${!packages[@]}"; do
  command -v "$tool" >/dev/null || missing+=("${packages[$tool]}")
done
if [ ${#missing[@]} -gt 0 ]; then
  echo "installing ${missing[*]}"
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >/dev/null \
      || echo "could not install ${missing[*]}; the tests that need them will be skipped" >&2
  else
    echo "please install: ${missing[*]}; the tests that need them will be skipped" >&2
  fi
fi

configuration=Release
dotnet build Flotilla.slnx -c $configuration -v quiet -clp:NoSummary --nologo || { echo "0 passed, 1 failed"; exit 1; }
dotnet format whitespace Flotilla.slnx --verify-no-changes --no-restore >/dev/null \
  || { echo "the code is not formatted: run dotnet format whitespace Flotilla.slnx"; echo "0 passed, 1 failed"; exit 1; }
if [ $fast = false ]; then
  ./flotilla --version >/dev/null || { echo "./flotilla does not start"; echo "0 passed, 1 failed"; exit 1; }
fi

passed=0 failed=0 skipped=0 broken=0
for project in tests/*.Tests tests/Flotilla.EndToEnd; do
  name=$(basename "$project")
  [ $fast = true ] && [ "$name" = Flotilla.EndToEnd ] && { echo "$name: left out (--fast)"; continue; }
  log=$(mktemp)
  "$project/bin/$configuration/net10.0/$name" -noColor >"$log" 2>&1
  code=$?
  summary=$(grep -E 'Total: [0-9]+, Errors:' "$log" | tail -n 1)
  if [ -z "$summary" ]; then
    cat "$log"; echo "$name: broke off with exit code $code"; broken=$((broken + 1)); rm -f "$log"; continue
  fi
  number() { sed -E "s/.*$1: ([0-9]+).*/\1/" <<<"$summary"; }
  bad=$(( $(number Failed) + $(number Errors) )); skip=$(( $(number Skipped) + $(number 'Not Run') ))
  passed=$(( passed + $(number Total) - bad - skip )); failed=$((failed + bad)); skipped=$((skipped + skip))
  grep -E '\[SKIP\]' -A 1 "$log" | grep -v '^--' || true
  [ $code -ne 0 ] && cat "$log"
  [ $code -ne 0 ] && [ $bad -eq 0 ] && broken=$((broken + 1))
  echo "$name: $summary" | sed -E 's/ +Flotilla[^ ]+ +/ /'
  rm -f "$log"
done
failed=$((failed + broken))
if [ $skipped -gt 0 ]; then echo "$passed passed, $failed failed, $skipped skipped"; else echo "$passed passed, $failed failed"; fi
[ $failed -eq 0 ]
