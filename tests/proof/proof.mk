# SPDX-License-Identifier: MIT
# Proofs of arithmetic for all inputs, from the code that ships. `make test` has those
# that take little; `make prove` has all, at 32 and 64 bits, breaks the code in many
# places and sees goals get lost, and compares the translation with compiled code.

NEED_proof := perl=prove clang-19 llvm-19=opt-19 z3 cvc5 boolector

PROOF_RUNS  := $(addprefix tests/proof/,proof.t faults.t agree.t)
SCRIPT_RUNS += $(PROOF_RUNS)
TEST_TOOLS  += $(OUT)/have-proof $(OUT)/have-armhf

.PHONY: prove
prove: | $(OUT)/have-proof $(OUT)/have-armhf $(OUT)/have-perl  ## Prove arithmetic for all inputs at 32 and 64 bits; faults must lose goals (ONLY=arena)
	PROVE=all $(PROVE) $(PROOF_RUNS)
