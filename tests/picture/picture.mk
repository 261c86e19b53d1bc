# SPDX-License-Identifier: MIT
# Pictures of traces: of the flow meter's run, or of a user's.

PICTURES := $(OUT)/picture
DRAW     := port/events/reel-picture
DRAWING  := $(DRAW) port/events/reel-trace port/events/picture.html

# An instruction takes 32 ns, so a run is the same on every machine.
$(PICTURES)/trace/events: $(METER_TRACED) $(METER_INPUT)
	mkdir -p $(@D)
	ICOUNT=5 targets/common/emulate $(METER_TRACED) trace $(@D) $(METER_INPUT) > $(PICTURES)/said

$(PICTURES)/flow-meter.html: $(PICTURES)/trace/events $(DRAWING) | $(OUT)/have-picture
	$(DRAW) $(<D) --elf $(METER_TRACED) --html $@ --svg $(@:html=svg) --detail 2.5 2.502 \
	    --title 'Flow meter: the memory of 62,781 frames on a Cortex-M3'

NEED_picture  := python3
NEED_chromium := chromium

.PHONY: picture
picture: $(if $(TRACE),,$(PICTURES)/flow-meter.html)  ## Draw lifetimes in the flow meter, or in TRACE=folder with ELF=image: build/picture/*.svg, .html
	$(if $(TRACE),mkdir -p $(PICTURES); $(DRAW) '$(TRACE)' $(ELF:%=--elf '%') \
	    --svg $(PICTURES)/picture.svg --html $(PICTURES)/picture.html,\
	  $(if $(README),cp $(PICTURES)/flow-meter.svg targets/flow-meter/picture.svg))
	ls -l $(PICTURES)/$(if $(TRACE),picture,flow-meter).*

.PHONY: picture-test
picture-test: $(PICTURES)/flow-meter.html | $(OUT)/have-chromium $(TEST_TOOLS)  ## Load pictures in Chromium: times, boxes, texts
	$(PROVE) tests/picture/picture.t tests/picture/page.t

SCRIPT_RUNS += tests/picture/picture.t
NEEDS_tests/picture/picture.t := $(OUT)/have-picture
