# shellcheck shell=bash
# What a script says: plain lines, with colour on a terminal only.

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then
    bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' green=$'\e[32m' plain=$'\e[0m'
else
    bold='' dim='' red='' green='' plain=''
fi

# say NAME TEXT: one line of progress.
say() { printf '%s%-9s%s %s\n' "$bold" "$1" "$plain" "$2"; }

good() { printf '%s%-9s%s %s\n' "$green" "$1" "$plain" "$2"; }

# fail WHAT [WHAT-TO-DO]: ends the script with status 1.
fail() {
    printf '%s✗%s %s\n' "$red" "$plain" "$1" >&2
    [ -z "${2:-}" ] || printf '  %s\n' "$2" >&2
    exit 1
}

# wrong WHAT: ends the script with status 2, for a command line that makes no sense.
wrong() {
    printf '%s✗%s %s\n  Try: %s --help\n' "$red" "$plain" "$1" "$0" >&2
    exit 2
}

# Indents and dims what another program says.
quote() { sed -u "s/^/  ${dim}/; s/\$/${plain}/"; }
