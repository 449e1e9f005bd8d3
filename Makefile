# The two commands are "make run" and "make test"; "make help" names the others.
# What they do stands in tools/bootstrap: it needs a Python only, and finds it.
BOOTSTRAP = PYTHONPATH=tools sh tools/any_python.sh -m bootstrap

# Exported, so that the bootstrap sees what was given on make's command line.
export PORT DEMO PYTHON UPGRADE

.DEFAULT_GOAL := help
.PHONY: help run test install lint format content permissions i18n pins bench clean

help:  ## name the commands
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 15

run:  ## build what is missing, make the site if there is none, serve it (PORT=8080, DEMO=1)
	@$(BOOTSTRAP) run

test:  ## prove all of it: style, types, layers, unit tests, real browser
	@$(BOOTSTRAP) test

install:  ## build the environment with all tools, and stop
	@$(BOOTSTRAP) install

lint:  ## the style, type and layer checks of "make test" alone
	@$(BOOTSTRAP) lint

format:  ## put Python, ZCML, XML and templates into the house style
	@$(BOOTSTRAP) format

content:  ## build content/ (guides, forms, samples) from content/sources
	@$(BOOTSTRAP) content

permissions:  ## write workflows, roles and docs/permissions.md from the permission matrix
	@$(BOOTSTRAP) permissions

i18n:  ## renew the message catalogues from the source
	@$(BOOTSTRAP) i18n

pins:  ## renew constraints.txt (UPGRADE=1 all, UPGRADE=name one)
	@$(BOOTSTRAP) pins

bench:  ## measure requests per second
	@$(BOOTSTRAP) bench

clean:  ## remove everything that was built; the site's data in var/ stays
	@$(BOOTSTRAP) clean
