`make run` builds the environment and a demonstration site from nothing and serves it; `make test` proves the whole of it, in a real browser too.
