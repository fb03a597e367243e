#!/usr/bin/env bash
# Ends with 0 where the service of this container answers /healthz, whether it has TLS or not.
set -euo pipefail
host=${ATTUNE_HTTP_ADDRESS:-127.0.0.1}
port=${ATTUNE_HTTP_PORT:-8080}
request=$'GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'

if [ -n "${ATTUNE_HTTP_TLS_CERTIFICATE:-}" ]; then
    # Whose certificate it is matters to callers, not here. What came is judged, not how openssl ends:
    # it minds a connection that is closed without a word.
    answer=$(printf '%s' "$request" |
        timeout 4 openssl s_client -quiet -host "$host" -port "$port" 2>/dev/null) || true
else
    exec 3<>"/dev/tcp/$host/$port"
    printf '%s' "$request" >&3
    answer=$(timeout 4 cat <&3)
fi
[[ "$answer" == "HTTP/1.1 200 "* ]]
