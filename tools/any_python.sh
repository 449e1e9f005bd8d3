#!/bin/sh
# Runs its arguments with a Python that is good enough for the bootstrap (3.8 or
# newer). Each one is tried and not merely looked for: the shim of a version
# manager exists also where the version behind it does not.
for python in python3 python3.12 python3.11 /usr/bin/python3 \
    /usr/local/bin/python3 "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.1[12]*/bin/python3
do
    if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 8))' \
        >/dev/null 2>&1
    then
        exec "$python" "$@"
    fi
done
sed -n 's/.*"no_python_at_all": "\(.*\)".*/\1/p' tools/bootstrap/messages.json >&2
exit 1
