// SPDX-License-Identifier: MIT
/// The version of reel, which all build systems read here.
///
/// Versions are those of semver.org, of what include/reel/ and port/ have. Within one
/// major version a program compiles and links without a change, and means the same, if it
/// builds the files that src/modules lists:
///
///   * A minor version adds functions, macros, options and values of enums. It also
///     adds members at the end of structs that the application does not fill in.
///   * A patch mends what did not do what its header says.
///   * Names in src/, detail/, tests/ and targets/, the layout of structs, and the figures of
///     costs may change with each version. So compile program and library again.
///
/// A version with a suffix, such as "-rc.2", is not released yet. REEL_VERSION_NUMBER has
/// no suffix.

#ifndef REEL_VERSION_H
#define REEL_VERSION_H

#define REEL_VERSION_MAJOR 1
#define REEL_VERSION_MINOR 0
#define REEL_VERSION_PATCH 0
#define REEL_VERSION       "1.0.0-rc.2"

/// A number to compare: #if REEL_VERSION_NUMBER >= REEL_VERSION_OF(1, 2, 0)
#define REEL_VERSION_OF(major, minor, patch) \
    ((major)*1000000 + (minor)*1000 + (patch))
#define REEL_VERSION_NUMBER \
    REEL_VERSION_OF(REEL_VERSION_MAJOR, REEL_VERSION_MINOR, REEL_VERSION_PATCH)

#endif
