# SPDX-License-Identifier: MIT
# find_package(reel COMPONENTS NAME...): see port/components for the names.
include("${CMAKE_CURRENT_LIST_DIR}/reelTargets.cmake")

foreach(component ${reel_FIND_COMPONENTS})
    if(TARGET "reel::${component}")
        set("reel_${component}_FOUND" TRUE)
    else()
        set("reel_${component}_FOUND" FALSE)
        if(reel_FIND_REQUIRED_${component})
            set(reel_FOUND FALSE)
            set(reel_NOT_FOUND_MESSAGE "reel has no component ${component}")
        endif()
    endif()
endforeach()
