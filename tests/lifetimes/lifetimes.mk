# SPDX-License-Identifier: MIT
# Lifetimes that clang checks (port/clang/lifetimes.h).

NEED_lifetimes := clang-19 gcc perl=prove libc6-dev=/usr/include/stdio.h

SCRIPT_RUNS += tests/lifetimes/lifetimes.t
NEEDS_tests/lifetimes/lifetimes.t := $(OUT)/have-lifetimes
