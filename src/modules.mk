# The modules of the core, one source and one public header each, lowest first.
# Builds, layers, budgets of bytes and the explorer go by this list.
MODULES := $(basename $(notdir $(wildcard src/*.c)))
