#!/usr/bin/env sh
echo "a warning that means nothing" >&2
if read -r line; then exit 1; fi
printf '{"success":true,"full":{"pwd":"%s"}}' "$(pwd)" > "$1/output/output.json"
exit 3
