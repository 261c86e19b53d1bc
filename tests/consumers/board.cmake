# SPDX-License-Identifier: MIT
# The target `program` on the emulated board BOARD (a folder of targets/), if there is
# one.
if(BOARD)
    enable_language(ASM)
    get_filename_component(targets "${CMAKE_CURRENT_LIST_DIR}/../../targets" ABSOLUTE)
    set(common "${targets}/common")
    if(BOARD MATCHES riscv)
        set(startup "${targets}/${BOARD}/start.S" "${targets}/${BOARD}/machine.c"
            "${CMAKE_CURRENT_LIST_DIR}/traps.c")
    else()
        set(startup "${common}/startup.c")
    endif()
    target_sources(program PRIVATE ${startup} "${common}/semihost.c" "${common}/memory.c")
    target_include_directories(program PRIVATE "${common}")
    target_compile_options(program PRIVATE -ffreestanding)
    target_link_options(program PRIVATE -nostdlib "-L${common}" "-L${targets}/../linker"
        "-T${targets}/${BOARD}/${BOARD}.ld" -Wl,--no-warn-rwx-segments)
    target_link_libraries(program PRIVATE gcc)
    set_target_properties(program PROPERTIES SUFFIX .elf)
endif()
