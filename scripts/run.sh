#!/usr/bin/env bash
# Imports both bundled packs, trains, shows an evaluation and recommendations with reasons, and then
# serves one of the packs until Ctrl-C. Nothing that was done before is done again: run/ keeps
# databases, models and the tables shown.
#
#   SERVE=retail|bank|0  the pack to serve (retail), or 0: end instead of serving
#   PORT=N               the port to serve on (8080)
set -euo pipefail
cd "$(dirname "$0")/.."
attune=build/release/attune
serve=${SERVE:-retail}
port=${PORT:-${ATTUNE_HTTP_PORT:-8080}}
# Looked at first, for serving comes last.
case "$serve" in
    retail | bank | 0) ;;
    *) echo "run: SERVE=$serve is none of retail, bank and 0" >&2; exit 2 ;;
esac
if ! [[ "$port" =~ ^[0-9]{1,5}$ ]] || [ "$((10#$port))" -gt 65535 ]; then
    echo "run: PORT=$port is no port; use a number from 1 to 65535, or 0 for any that is free" >&2
    exit 2
fi
mkdir -p run

title() {
    if [ -t 1 ]; then printf '\n\033[1m%s\033[0m\n' "$1"; else printf '\n%s\n' "$1"; fi
}

# shown FILE RESULT COMMAND...: prints the output of the command, kept in FILE while RESULT is there
# and the program and the packs are the same.
shown() {
    local file=run/$1 result=$2 stamp
    shift 2
    stamp=$(cat "$attune" data/*/pack.toml config/mappings/*.toml | sha256sum)
    if [ ! -f "$file" ] || [ ! -e "$result" ] || [ "$(cat "$file.stamp" 2>/dev/null)" != "$stamp" ]; then
        "$@" >"$file.part"
        mv "$file.part" "$file"
        echo "$stamp" >"$file.stamp"
    fi
    cat "$file"
}

title "Retail pack: real purchases"
shown retail-import.txt run/retail.db "$attune" import --database sqlite:run/retail.db --pack retail
shown retail-train.txt run/retail.db.models/current "$attune" train --database sqlite:run/retail.db
title "How good are the recommendations? The last 31 days, foreseen from what came before"
shown retail-evaluation.txt run/retail-evaluation.html "$attune" evaluate --database sqlite:run/retail.db --cut 2011-11-09 \
    --k 20 --new-only --report run/retail-evaluation.html

title "Bank pack: real products, real customers"
shown bank-import.txt run/bank.db "$attune" import --database sqlite:run/bank.db --pack bank
shown bank-train.txt run/bank.db.models/current "$attune" train --database sqlite:run/bank.db
title "Who takes which product? Cross-validated"
shown bank-evaluation.txt run/bank-evaluation.html "$attune" evaluate --database sqlite:run/bank.db --propensity all \
    --report run/bank-evaluation.html

title "Three customers and their recommendations"
"$attune" recommend --database sqlite:run/retail.db --customer 12347 --n 3
"$attune" recommend --database sqlite:run/bank.db --customer bm-00001 --customer bm-41000 --n 3

title "Reports with charts: run/retail-evaluation.html, run/bank-evaluation.html"

[ "$serve" = 0 ] && exit 0

other=bank
[ "$serve" = bank ] && other=retail
database=sqlite:run/$serve.db
title "The service, on the $serve pack; for the other: make run SERVE=$other"
# The program says it too, but after its first start has shown a password that is shown once.
if [ "$port" != 0 ] && (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
    echo "run: port $port is in use, perhaps by a service that was started before" >&2
    echo "run: choose another one: make run SERVE=$serve PORT=$((port + 1))" >&2
    exit 1
fi
accounts=$("$attune" user list --database "$database" --json)
if [ -n "$accounts" ]; then
    if [[ "$accounts" == *'"must_change_password":true'*'"name":"administrator"'* ]]; then
        echo "Sign in as 'administrator' with the one-time password that the first start showed."
    else
        echo "Sign in as 'administrator' with your password."
    fi
    echo "For a new one-time password: $attune user reset administrator --database $database"
fi
exec "$attune" serve --database "$database" --port "$port"
