#!/usr/bin/env bash
# Imports both bundled packs, trains, and shows an evaluation and recommendations with reasons.
# Nothing that was done before is done again: run/ keeps databases, models and the tables shown.
set -euo pipefail
cd "$(dirname "$0")/.."
attune=build/release/attune
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
